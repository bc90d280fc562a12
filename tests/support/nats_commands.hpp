#pragma once
// Commands of NATS clients, right and wrong, as the bytes of a script choose.
#include "support/script_bytes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::testing {

class NatsCommands {
public:
    explicit NatsCommands(ScriptBytes& script) : script_(script) {}

    std::string ping() { return pick_case("PING") + line_end(); }

    std::string unsubscription(std::uint8_t what) {
        const std::string most = limit(script_.next());
        return pick_case("UNSUB") + space() + sid(what) + most + line_end();
    }

    std::string connect(std::uint8_t how) {
        static constexpr std::array<std::string_view, 16> kOptions = {
            R"({"verbose":false,"headers":true,"no_responders":true})",
            R"({"verbose":false,"headers":true,"no_responders":true,"echo":false,"protocol":1})",
            R"({"verbose":false,"lang":"C","version":"3.4.1","name":"n"})",
            R"({"verbose":true,"headers":true})",
            R"({})",
            R"({"user":"u","pass":"p","verbose":false,"headers":true,"no_responders":true})",
            R"({"auth_token":"t"})",
            R"({"auth_token":"t","verbose":false})",
            R"({"no_responders":true})",
            R"({"protocol":2})",
            R"({"verbose":1})",
            R"({"nkey":"U","sig":"s"})",
            R"([])",
            R"({"verbose":null,"echo":null,"unknown":[1,{}]})",
            R"({"verbose":false,"headers":true)",
            R"({"verbose":false,"headers":true,"echo":false,"protocol":0})",
        };
        return "CONNECT " + std::string(kOptions[how % kOptions.size()]) + line_end();
    }

    std::string publication(std::uint8_t what) {
        const std::string name = subject(what);
        const std::string body = payload(script_.next());
        const std::uint8_t how = script_.next();
        const std::string reply = how % 3 == 0 ? space() + subject(how / 3) : "";
        std::string size = std::to_string(body.size());
        if (how % 16 == 15) {
            size = "00" + size;
        }
        return pick_case("PUB") + space() + name + reply + space() + size + line_end() + body +
               "\r\n";
    }

    std::string with_headers(std::uint8_t what) {
        static constexpr std::array<std::string_view, 14> kBlocks = {
            "",
            "NATS/1.0\r\n\r\n",
            "NATS/1.0\r\nA: 1\r\n\r\n",
            "NATS/1.0\r\nA:1\r\n\r\n",
            "hello",
            "NATS/1.0 503\r\n\r\n",
            "NATS/1.0\r\nA: 1\r\nB: \r\n\r\n",
            "NATS/1.0\r\nA: 1\r\nA: 2\r\nA: 3\r\n\r\n",
            "NATS/1.0\r\nA : 1\r\n\r\n",
            "NATS/1.0\r\n: 1\r\nnone\r\n\r\n",
            "NATS/1.0\r\nA: \xff\r\nB: 2\r\n\r\n",
            "NATS/1.0\r\nA: 1\r\n\r\nB: 2\r\n\r\n",
            "NATS/1.0\r\nA: x\ry\r\n\r\n",
            "NATS/1.0\r\nA: 1\r\n"
        };
        const std::uint8_t which = script_.next();
        const std::string block = which >= 200 ? std::string(script_.take(script_.next() % 40))
                                               : std::string(kBlocks[which % 14]);
        const std::string body = payload(script_.next());
        const std::uint8_t how = script_.next();
        const std::string reply = how % 4 == 0 ? space() + subject(how / 4) : "";
        return pick_case("HPUB") + space() + subject(what) + reply + space() +
               std::to_string(block.size() + (how == 255 ? 100 : 0)) + space() +
               std::to_string(block.size() + body.size()) + line_end() + block + body + "\r\n";
    }

    std::string subscription(std::uint8_t what) {
        const std::string name = subject(what);
        const std::string group = queue(script_.next());
        return pick_case("SUB") + space() + name + (group.empty() ? "" : space() + group) +
               space() + sid(script_.next()) + (script_.chance(8) ? " " : "") + line_end();
    }

    std::string oddity(std::uint8_t which) {
        static constexpr std::array<std::string_view, 24> kOddities = {
            "PONG\r\n",
            "INFO {}\r\n",
            "+OK\r\n",
            "-ERR 'x'\r\n",
            "\r\n",
            "FOO\r\n",
            "PUB\r\n",
            "SUB\r\n",
            "UNSUB\r\n",
            "SUB a\r\n",
            "SUB a b c d\r\n",
            "PUB a -1\r\n",
            "PUB a 1000000000\r\n",
            "PUB a 99999\r\n",
            "PUB a b c 1\r\nx\r\n",
            "PUB a 2\r\nxyz\r\n",
            "PUB a 1\r\nx\n",
            "HPUB a 5\r\nhello\r\n",
            "HPUB\r\n",
            "PING x\r\n",
            "GET / HTTP/1.1\r\n",
            " PING\r\n",
            "PUB a 3\r\nx",
            "MSG a 1 0\r\n\r\n"
        };
        if (which >= 250) {
            return "PING " + std::string(4090U + (which - 250U) * 2U, ' ') + "\r\n";
        }
        return std::string(kOddities[which % kOddities.size()]);
    }

    // A client that publishes one message after the other: those go in runs.
    std::string repetition(std::uint8_t what) {
        const std::string body = payload(script_.next());
        const std::string one =
            "PUB " + subject(what) + " " + std::to_string(body.size()) + "\r\n" + body + "\r\n";
        std::string all;
        for (int i = 0; i < 3 + what % 80; ++i) {
            all += one;
        }
        return all;
    }

    std::string payload(std::uint8_t size) {
        std::string text(script_.take(size % 32));
        text.resize(size % 32, 'p');
        return text;
    }

private:
    std::string line_end() { return script_.chance(8) ? "\n" : "\r\n"; }

    std::string space() { return script_.chance(6) ? "  " : script_.chance(6) ? " \t" : " "; }

    std::string pick_case(std::string text) {
        if (script_.chance(8)) {
            std::ranges::transform(text, text.begin(), [](unsigned char letter) {
                return static_cast<char>(std::tolower(letter));
            });
        }
        return text;
    }

    std::string subject(std::uint8_t which) {
        static constexpr std::array<std::string_view, 24> kSubjects = {
            "a",
            "a",
            "a",
            "a.b",
            "svc",
            "_INBOX.x.1",
            "_INBOX.x.*",
            "*",
            ">",
            "a.*",
            "foo*",
            "a..b",
            "$SYS.echo",
            "$JS.API.INFO",
            "$JS.API.CONSUMER.MSG.NEXT.s.c",
            "$JS.API.CONSUMER.CREATE.s.c.a.>",
            "$JS.ACK.x",
            "$KV.b.k",
            "$x",
            "_REPLY.1",
            "\xc3\xa9",
            "\xff",
            "$SYS.event.>",
            "a\rb"
        };
        if (which >= 250) {
            return std::string(500, 'l') + std::string(which - 250U, '.');
        }
        return std::string(kSubjects[which % kSubjects.size()]);
    }

    std::string sid(std::uint8_t which) {
        static constexpr std::array<std::string_view, 12> kSids = {
            "1",
            "2",
            "3",
            "x",
            "sid-x",
            "00",
            "0",
            "123456789012345678901",
            "9",
            "\xff",
            "1\r2",
            "999999999999999999"
        };
        return which >= 250 ? std::string(60U + (which - 250U) * 2U, 's')
                            : std::string(kSids[which % kSids.size()]);
    }

    std::string limit(std::uint8_t which) {
        static constexpr std::array<std::string_view, 8> kLimits = {
            "", "", " 0", " 1", " 7", " x", " 1 2", " "
        };
        return std::string(kLimits[which % kLimits.size()]);
    }

    std::string queue(std::uint8_t which) {
        static constexpr std::array<std::string_view, 8> kQueues = {
            "", "", "", "q", "q", "q.*", "\xff", "q\x1b"
        };
        return which >= 250 ? std::string(which, 'q')
                            : std::string(kQueues[which % kQueues.size()]);
    }

    ScriptBytes& script_;
};

}  // namespace telex::testing
