#pragma once
// The books of clients that have left, by their users ("" without users). With the books of the
// clients that are there they are the books of each user on this reactor.
//
// Owner and thread: one shard. Bounded by the users that configurations have named.
#include "exchange/client_record.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace telex::exchange {

class UserBooks {
public:
    using ByUser = std::map<std::string, ClientBooks, std::less<>>;

    void add(std::string_view user, const ClientBooks& books) {
        const auto found = left_.find(user);
        (found == left_.end() ? left_[std::string(user)] : found->second) += books;
    }

    const ByUser& left() const { return left_; }

private:
    ByUser left_;
};

}  // namespace telex::exchange
