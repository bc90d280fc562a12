#pragma once
// A client's end with TLS over TCP, blocking as the others.
#include "net/address.hpp"
#include "net/fd.hpp"
#include "support/client_stream.hpp"
#include "tls/channel.hpp"

namespace telex::testing {

class TlsClient final : public ClientStream {
public:
    // Connects and shakes hands. Throws std::runtime_error with the channel's failure.
    TlsClient(const net::Address& address, tls::ContextPtr context);

    void send(ByteView bytes) override;
    void finish() override;
    void vanish() override;
    std::string receive() override;

    bool keeps_packets() const override { return false; }

private:
    // Until the socket is as the step wants it.
    void wait(IoStatus wanted) const;

    net::UniqueFd fd_;
    tls::Channel channel_;
};

}  // namespace telex::testing
