#pragma once
// A blocking client socket of any stream kind.
#include "net/address.hpp"
#include "net/fd.hpp"
#include "support/client_stream.hpp"

#include <cstddef>
#include <string>

namespace telex::testing {

class SocketClient final : public ClientStream {
public:
    // Connects. Throws std::runtime_error.
    explicit SocketClient(const net::Address& address);
    explicit SocketClient(std::string_view address);

    void send(ByteView bytes) override;
    void finish() override;
    void vanish() override;
    std::string receive() override;

    bool keeps_packets() const override { return packets_; }

    int descriptor() const { return fd_.get(); }

private:
    net::UniqueFd fd_;
    bool packets_;
    std::string room_;  // for what is received
};

}  // namespace telex::testing
