#pragma once
// All streams of the daemon, by number and by name.
#include "exchange/stream_storage.hpp"
#include "storage/stream_runtime.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace telex::storage {

// Owner: the engine. The storage thread.
class StreamSet {
public:
    // As Engine::AccountNumber.
    using AccountNumber = std::function<std::optional<access::AccountId>(std::string_view name)>;
    using Key = std::pair<std::string, std::string>;  // account, name

    // Null if there is no such stream.
    StreamRuntime* find(exchange::StreamNumber number) {
        if (number == last_found_ && last_ != nullptr) {
            return last_;
        }
        return find_slowly(number);
    }

    StreamRuntime* find(std::string_view account, std::string_view name);
    StreamRuntime* find(access::AccountId account, std::string_view name);

    // The same. Errors: STREAM_NOT_FOUND.
    [[nodiscard]] StreamResult<StreamRuntime*> get(std::string_view account, std::string_view name);

    StreamRuntime& add(std::unique_ptr<StreamRuntime> stream);
    // Null if there is no such stream.
    std::unique_ptr<StreamRuntime> take(exchange::StreamNumber number);

    // Calls visit(StreamRuntime&) for each stream, in the order of account and name.
    template <class Function>
    void for_each(Function&& visit) const {
        for (const auto& [key, stream] : by_name_) {
            visit(*stream);
        }
    }

    std::size_t count_of(std::string_view account) const;

    void use_accounts(AccountNumber number);
    exchange::CaptureTablePtr captures() const;

    // The number of the next new stream.
    exchange::StreamNumber next_number = 1;

private:
    std::optional<access::AccountId> number_of(const std::string& account) const;
    StreamRuntime* find_slowly(exchange::StreamNumber number);

    std::unordered_map<exchange::StreamNumber, std::unique_ptr<StreamRuntime>> by_number_;
    std::map<Key, StreamRuntime*> by_name_;
    AccountNumber account_number_;
    // Most offers are for the stream of the offer before.
    exchange::StreamNumber last_found_ = 0;
    StreamRuntime* last_ = nullptr;
};

}  // namespace telex::storage
