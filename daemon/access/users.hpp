#pragma once
// The users that the configuration names, and how a peer is found to be one of them.
//
// A user is known by what the kernel or TLS vouches for (the uid or a group of the process at the
// other end of a unix socket, the name in a client certificate) or by what the client itself says
// (password, token, key). A peer that matches no user gets the user of the listener, if it has one.
//
// Owner: shared by all connections. Thread: any; constant once made.
#include "access/accounts.hpp"
#include "access/credentials.hpp"
#include "access/permissions.hpp"
#include "access/usage.hpp"
#include "auth/signing_key.hpp"
#include "auth/token.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::access {

struct User {
    std::string name;
    std::vector<std::uint32_t> uids;
    std::vector<std::uint32_t> gids;
    std::vector<std::string> certificates;
    std::string password;  // its hash; empty for none
    std::vector<auth::Digest> tokens;
    std::vector<auth::PublicKey> keys;
    // The listeners that it may use; empty: all.
    std::vector<std::string> listeners;
    Permissions publish;
    Permissions subscribe;
    UserLimits limits;
    // Its subscriptions may have the policy `block`. Absent: as the listener says.
    std::optional<bool> allow_block;
    std::string account{kDefaultAccountName};
    // Made by Users.
    AccountId account_id = kDefaultAccount;
    UsagePtr usage;

    // Returns true if it authenticates by a secret that the client sends, which could be
    // intercepted.
    bool has_secret() const { return !password.empty() || !tokens.empty(); }

    bool may_use(std::string_view listener) const;

    bool has_credentials() const { return has_secret() || !keys.empty(); }
};

// Facts about a peer that do not come from itself.
struct PeerIdentity {
    std::string certificate;             // name in a verified certificate; empty for none
    std::optional<std::uint32_t> uid{};  // only of peers on unix sockets
    std::vector<std::uint32_t> gids;
};

// The credential that authenticated a peer: at a reload it must still be the user's.
struct CredentialRef {
    enum class Kind : std::uint8_t { certificate, uid, gid, listener, password, token, key };
    Kind kind = Kind::listener;
    // The certificate's name, the hash of the password, the bytes of digest or key.
    std::string text;
    std::uint32_t id = 0;  // uid or gid
};

// The user that a peer is, if any.
struct Identity {
    const User* user = nullptr;
    CredentialRef credential;
};

class Users {
public:
    // Users that existed before keep their usage; `before` may be null.
    explicit Users(
        std::vector<User> users,
        const std::vector<Account>& accounts = {},
        const Users* before = nullptr
    );

    // By certificate, then uid, then group, then as `otherwise` (a user's name; empty for none).
    Identity find(const PeerIdentity& peer, std::string_view otherwise) const;
    const User* named(std::string_view name) const;

    Identity with_token(std::string_view token) const;
    // The key alone proves nothing: its owner has to sign.
    Identity with_key(std::string_view public_key) const;

    // The hash to compare a password with. For an unknown name it is another user's hash, so that
    // the check takes as long; the user is then null. Empty: no user has a password.
    struct PasswordCheck {
        Identity identity;
        std::string hash;
    };

    PasswordCheck password_check(std::string_view name) const;

    // The user of the same name, if `credential` still authenticates it; `otherwise` as in find().
    // Null if it no longer exists.
    const User* again(
        std::string_view name, const CredentialRef& credential, std::string_view otherwise
    ) const;

    const AccountsPtr& accounts() const { return accounts_; }

    // Returns true if a user has credentials.
    bool take_credentials() const;

private:
    AccountsPtr accounts_;
    std::vector<User> users_;
};

using UsersPtr = std::shared_ptr<const Users>;

// For peers before authentication: permits nothing.
const User& anonymous();
// The owner of the daemon, unless another user matches first: may ask for the exchange's
// statistics, subscribe to its events, and operate it.
const User& owner();

// The overflow uid: stands for all users that are not mapped in this user namespace.
inline constexpr std::uint32_t kOverflowId = 65'534;

}  // namespace telex::access
