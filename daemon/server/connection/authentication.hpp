#pragma once
// Authenticates the peer of one connection: by facts from the kernel or TLS when it connects, by
// its credentials, and again whenever the users change.
//
// Owner and thread: the connection's. Time is passed in.
#include "access/users.hpp"
#include "base/time.hpp"
#include "server/listener/listener_slot.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace telex::server {

class Authentication {
public:
    // The connection and its listener, as far as the calls need them.
    struct Entry {
        ListenerSlot& slot;
        std::string_view listener;         // its name now
        const std::string& listener_user;  // of peers that match no other user; may be empty
    };

    // Null without users: everything is allowed. access::anonymous() before authentication.
    const access::User* user() const { return user_; }

    // Before identify(): calls `function` while user() is that of a peer that matches no user.
    template <class Function>
    auto while_anonymous(const ListenerSlot& slot, Function function) {
        user_ = slot.users() ? &access::anonymous() : nullptr;
        auto result = function();
        user_ = nullptr;
        return result;
    }

    // Identifies the peer without its credentials: known, too_many, or refused if it matches no
    // user. `owner`: it owns the daemon.
    [[nodiscard]] access::AuthResult identify(
        const access::PeerIdentity& peer, bool owner, const Entry& entry
    );

    // --- credentials, one attempt at a time -----------------------------------------------------
    // The nonce that the holder of a key must sign. Throws std::bad_alloc without random bytes.
    std::string make_challenge();

    // The channel that credentials arrive by.
    struct Channel {
        bool secrets_are_safe = false;  // others cannot read it
        std::string binding;
        // That failures count for; empty if it depends on the attempt.
        std::string attempt_source;
    };

    // An attempt: its result, or a password that has to be compared, or the time of its turn.
    struct Attempt {
        std::optional<access::AuthResult> result{};
        std::string password_hash{};      // compare, then finish()
        std::optional<TimePoint> turn{};  // call attempt() again at this time
    };

    [[nodiscard]] Attempt attempt(
        const access::Credentials& credentials,
        const Channel& channel,
        const Entry& entry,
        TimePoint now
    );
    // The password of the attempt fits its hash, or does not.
    [[nodiscard]] access::AuthResult finish(bool fits, const Entry& entry, TimePoint now);

    // The list of users has changed. Returns false if the peer may no longer be connected.
    // `account`: that the client belongs to; it cannot change.
    [[nodiscard]] bool reauthorize(access::AccountId account, const Entry& entry);

    // Releases what is charged to the user, and an unused turn.
    void release(ListenerSlot& slot);

private:
    // The user's credential and charge. Peers without a user have none.
    struct Admitted {
        access::UsersPtr users;            // keeps the user alive
        access::CredentialRef credential;  // that authenticated the user
        access::Charge charge;             // one of the user's connections
    };

    // Between a challenge and the end of an attempt.
    struct Pending {
        std::string challenge;
        // The user whose password is being compared. Empty for an unknown name, which is compared
        // only to take the same time.
        std::string checked_name;
        access::CredentialRef checked_credential;
        std::string source;
        bool reserved_turn = false;
    };

    Pending& pending();
    // Compares what can be compared at once.
    [[nodiscard]] Attempt check(
        const access::Users& users,
        const access::Credentials& credentials,
        const std::string& binding,
        const Entry& entry,
        TimePoint now
    );
    bool has_signed(
        std::string_view public_key,
        const access::Credentials& credentials,
        const std::string& binding
    );
    [[nodiscard]] access::AuthResult finish(
        std::string_view name, access::CredentialRef credential, const Entry& entry, TimePoint now
    );
    [[nodiscard]] access::AuthResult assume(
        access::UsersPtr users,
        const access::User& user,
        access::CredentialRef credential,
        const Entry& entry
    );

    const access::User* user_ = nullptr;
    std::unique_ptr<Admitted> admitted_;
    std::unique_ptr<Pending> pending_;
};

}  // namespace telex::server
