#include "server/stream/websocket_stream.hpp"

#include "server/stream/close_codes.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace telex::server {

namespace {

using websocket::CloseCode;
using websocket::FrameInput;

class WebSocketStream final : public ByteStream {
public:
    WebSocketStream(
        std::unique_ptr<ByteStream> transport,
        const web::UpgradeRules& rules,
        const web::PageGuard& guard,
        FrameInput::Boundaries boundaries
    )
        : transport_(std::move(transport)),
          upgrade_(std::make_unique<web::Upgrade>(rules, guard)),
          input_(boundaries) {}

    bool established() const override { return upgrade_ == nullptr; }

    IoResult handshake() override;

    Forwarding forwarding() const override { return transport_->forwarding(); }

    int descriptor() const override { return transport_->descriptor(); }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return transport_->max_packet(); }

    IoResult read(char* buffer, std::size_t size) override;
    IoResult peek() override;

    bool short_read_is_all() const override {
        return all_was_read_ && transport_->short_read_is_all();
    }

    bool read_waits_to_write() const override { return transport_->read_waits_to_write(); }

    IoResult write(const iovec* vectors, std::size_t count) override {
        return transport_->write(vectors, count);
    }

    std::size_t untaken() const override { return transport_->untaken(); }

    void finish_writing() override { transport_->finish_writing(); }

    void set_output(StreamOutput& output) override { output_ = &output; }

    std::string farewell(session::CloseReason reason) override;
    StreamFailure failure() const override;

    std::size_t memory() const override {
        return transport_->memory() + early_.size() + (upgrade_ ? upgrade_->memory() : 0);
    }

    std::string security() const override { return transport_->security(); }

    std::string_view tls_version() const override { return transport_->tls_version(); }

    std::string certificate_name() const override { return transport_->certificate_name(); }

    std::string channel_binding() const override { return transport_->channel_binding(); }

private:
    IoResult read_request();
    IoResult write_response();
    IoResult end_handshake();
    IoResult read_raw(char* buffer, std::size_t size);
    IoResult read_early(char* buffer, std::size_t size);
    void answer_ping();

    std::unique_ptr<ByteStream> transport_;
    std::unique_ptr<web::Upgrade> upgrade_;  // until the response is written
    std::size_t response_written_ = 0;
    std::string early_;  // frames that came with the request
    FrameInput input_;
    StreamOutput* output_ = nullptr;
    bool all_was_read_ = false;  // by the last read, which did not fill its buffer
    bool said_farewell_ = false;
};

// --- the upgrade ---------------------------------------------------------------------------------

IoResult WebSocketStream::handshake() {
    if (!transport_->established()) {
        const IoResult result = transport_->handshake();
        if (result.status != IoStatus::done) {
            return result;
        }
    }
    if (!upgrade_->is_complete()) {
        const IoResult result = read_request();
        if (result.status != IoStatus::done) {
            return result;
        }
    }
    const IoResult written = write_response();
    return written.status == IoStatus::done ? end_handshake() : written;
}

IoResult WebSocketStream::read_request() {
    std::array<char, web::Upgrade::kMaxHead> bytes;
    while (!upgrade_->is_complete()) {
        const IoResult result = transport_->read(bytes.data(), bytes.size());
        if (result.must_wait()) {
            return result;
        }
        if (result.status != IoStatus::done) {
            upgrade_->fail(web::UpgradeFault::incomplete);
            return {IoStatus::error, 0, result.error};
        }
        const std::string_view read(bytes.data(), result.bytes);
        early_.assign(read.substr(upgrade_->take(read)));
    }
    return {};
}

IoResult WebSocketStream::write_response() {
    const std::string& response = upgrade_->response();
    while (response_written_ < response.size()) {
        const std::string_view rest = std::string_view(response).substr(response_written_);
        const iovec vector{const_cast<char*>(rest.data()), rest.size()};
        const IoResult result = transport_->write(&vector, 1);
        if (result.status != IoStatus::done) {
            return result.must_wait() ? result : IoResult{IoStatus::error, 0, result.error};
        }
        response_written_ += result.bytes;
        if (response_written_ == response.size() && upgrade_->fault()) {
            transport_->finish_writing();
        }
    }
    return {};
}

// After a refusal the rest is read until the peer closes: a reset would overtake the response. The
// limit of time for handshakes ends it.
IoResult WebSocketStream::end_handshake() {
    if (!upgrade_->fault()) {
        upgrade_.reset();
        return {};
    }
    constexpr int kMaxReads = 16;
    std::array<char, web::Upgrade::kMaxHead> nowhere;
    for (int i = 0; i < kMaxReads; ++i) {
        const IoResult result = transport_->read(nowhere.data(), nowhere.size());
        if (result.must_wait()) {
            return result;
        }
        if (result.status != IoStatus::done) {
            break;
        }
    }
    return {IoStatus::error, 0, 0};
}

StreamFailure WebSocketStream::failure() const {
    if (!transport_->established()) {
        return transport_->failure();
    }
    if (upgrade_) {
        const web::UpgradeFault fault = upgrade_->fault().value_or(web::UpgradeFault::timeout);
        const std::string text =
            upgrade_->is_complete() ? upgrade_->detail() : std::string(web::text_of(fault));
        return {.text = text, .upgrade = fault};
    }
    if (const auto& violation = input_.violation()) {
        return {
            .text = "WebSocket: " + std::string(websocket::text_of(*violation)), .only_input = true
        };
    }
    return transport_->failure();
}

// --- frames --------------------------------------------------------------------------------------

IoResult WebSocketStream::read(char* buffer, std::size_t size) {
    if (said_farewell_) {
        early_.clear();
        return transport_->read(buffer, size);
    }
    if (input_.violation()) {
        return {IoStatus::error, 0, 0};
    }
    if (input_.closed()) {
        return {IoStatus::end, 0, 0};
    }
    IoResult result = read_raw(buffer, size);
    if (result.status != IoStatus::done) {
        return result;
    }
    result.bytes = input_.take({buffer, result.bytes});
    answer_ping();
    if (result.bytes > 0) {
        all_was_read_ = all_was_read_ && !input_.violation() && !input_.closed();
        return result;
    }
    if (input_.violation()) {
        return {IoStatus::error, 0, 0};
    }
    return input_.closed() ? IoResult{IoStatus::end, 0, 0} : result;
}

IoResult WebSocketStream::read_raw(char* buffer, std::size_t size) {
    if (!early_.empty()) {
        return read_early(buffer, size);
    }
    const IoResult result = transport_->read(buffer, size);
    all_was_read_ = result.bytes < size;
    return result;
}

IoResult WebSocketStream::read_early(char* buffer, std::size_t size) {
    const std::size_t taken = std::min(size, early_.size());
    std::memcpy(buffer, early_.data(), taken);
    early_.erase(0, taken);
    if (early_.empty()) {
        std::string().swap(early_);
    }
    all_was_read_ = false;
    return {IoStatus::done, taken, 0};
}

// RFC 6455, 5.5.3: the pong of the last ping is enough.
void WebSocketStream::answer_ping() {
    const auto ping = input_.take_ping();
    if (ping && !input_.violation() && output_ != nullptr) {
        output_->write_between_frames(websocket::make_control(websocket::Opcode::pong, *ping));
    }
}

IoResult WebSocketStream::peek() {
    if (!early_.empty()) {
        return {};
    }
    return input_.closed() && !said_farewell_ ? IoResult{IoStatus::end, 0, 0} : transport_->peek();
}

std::string WebSocketStream::farewell(session::CloseReason reason) {
    if (!established() || std::exchange(said_farewell_, true)) {
        return {};
    }
    if (reason == session::CloseReason::client_closed && input_.closed()) {
        return websocket::make_close(*input_.closed(), {});
    }
    const CloseCode code =
        input_.violation() ? websocket::code_of(*input_.violation()) : close_code_of(reason);
    return websocket::make_close(static_cast<std::uint16_t>(code), broker::name_of(reason));
}

}  // namespace

std::unique_ptr<ByteStream> make_websocket_stream(
    std::unique_ptr<ByteStream> transport,
    const web::UpgradeRules& rules,
    const web::PageGuard& guard,
    FrameInput::Boundaries boundaries
) {
    return std::make_unique<WebSocketStream>(std::move(transport), rules, guard, boundaries);
}

}  // namespace telex::server
