#pragma once
// The members of a consumer and the pulls with which they ask for records.
//
// A pull grants credit for a number of records until it expires. A member that is sent records
// without asking, as a subscriber is, has a pull that never expires and that its credit refills.
#include "base/result.hpp"
#include "base/time.hpp"
#include "streams/in_flight.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace telex::streams {

struct Pull {
    std::uint64_t id = 0;      // chosen by the caller
    std::uint32_t credit = 1;  // records
    TimePoint expires = TimePoint::max();
    bool no_wait = false;  // ends when no record is left
};

enum class PullError : std::uint8_t {
    too_many_pulls,  // max_pulls wait already, and one of them is of this member
    no_credit,       // for 0 records
};

enum class PullEnd : std::uint8_t { expired, no_records };

// A pull that ended before its credit was used.
struct EndedPull {
    MemberId member = kNoMember;
    std::uint64_t pull = 0;
    std::uint32_t unused = 0;
    PullEnd reason = PullEnd::expired;
};

// Owner: ConsumerState. One thread.
class Members {
public:
    explicit Members(std::size_t max_pulls) : max_pulls_(max_pulls) {}

    // Does nothing for a member that is there.
    void join(MemberId member);
    // Its pulls end without a report.
    void leave(MemberId member);

    bool contains(MemberId member) const { return index_of(member) < members_.size(); }

    // A member that is not there joins.
    [[nodiscard]] Result<void, PullError> add(MemberId member, const Pull& pull);

    // The records for which members asked.
    std::uint64_t credit() const { return credit_; }

    std::uint64_t credit_of(MemberId member) const;

    // The number of members that have credit.
    std::size_t with_credit() const { return with_credit_; }

    // Returns the next member in turn that has credit, or kNoMember.
    MemberId next_with_credit();

    struct Grant {
        std::uint64_t pull = 0;
        std::uint32_t count = 0;
    };

    // Uses the oldest pull of the member for at most `wanted` records. Requires credit.
    Grant use(MemberId member, std::uint32_t wanted);

    void expire(TimePoint now, std::vector<EndedPull>& ended);
    void end_no_wait(std::vector<EndedPull>& ended);
    TimePoint next_expiry() const;

    // Calls function(member) for each member, in the order in which they joined.
    template <class Function>
    void for_each(Function&& function) const {
        for (const Member& member : members_) {
            function(member.id);
        }
    }

    std::size_t size() const { return members_.size(); }

    std::size_t pulls() const { return pulls_; }

    std::size_t memory_bytes() const {
        return members_.capacity() * sizeof(Member) + pulls_ * sizeof(Pull);
    }

private:
    struct Member {
        MemberId id = kNoMember;
        std::uint64_t credit = 0;
        std::deque<Pull> pulls;
    };

    std::size_t index_of(MemberId member) const;
    void take_credit(Member& member, std::uint64_t count);

    template <class Predicate>
    void end_if(Predicate&& is_over, PullEnd reason, std::vector<EndedPull>& ended);

    std::size_t max_pulls_;
    std::vector<Member> members_;
    std::size_t turn_ = 0;
    std::size_t with_credit_ = 0;
    std::size_t pulls_ = 0;
    std::uint64_t credit_ = 0;
};

}  // namespace telex::streams
