#pragma once
// A request and its response, free of any library.
#include "net/peer.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace telex::http {

struct Request {
    std::string method;
    std::string path;  // decoded, without the query
    std::multimap<std::string, std::string, std::less<>> query;
    // Header fields; empty where there is none.
    std::string host;
    std::string origin;
    std::string fetch_site;  // Sec-Fetch-Site, and so on
    std::string fetch_mode;
    std::string fetch_dest;
    std::string authorization;
    bool has_body = false;
    // Over a unix socket, whose file permissions decide about access.
    bool local = false;
    // Of the peer process, if local.
    std::optional<net::Credentials> credentials{};

    std::string_view parameter(std::string_view name) const {
        const auto found = query.find(name);
        return found == query.end() ? std::string_view() : found->second;
    }
};

struct Response {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::map<std::string, std::string> fields;  // further header fields
};

using Handler = std::function<Response(const Request&)>;

// Why a request is not served.
struct Refusal {
    unsigned status = 403;
    std::string text;
    std::map<std::string, std::string> fields{};  // further header fields
};

// {"error": TEXT}
Response error_response(unsigned status, std::string_view text);
Response error_response(const Refusal& refusal);

}  // namespace telex::http
