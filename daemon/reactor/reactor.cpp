#include "reactor/reactor.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace telex::reactor {

// The mailbox's eventfd needs no handling beyond waking the turn that empties the mailbox anyway.
class Reactor::MailboxWake final : public Pollable {
public:
    void on_ready(std::uint32_t /*events*/) override {}
};

namespace {

// Turns follow each other for so long before Asio's timers are looked at.
constexpr std::chrono::milliseconds kTurnsTime{1};
constexpr std::chrono::milliseconds kNoTime{0};
constexpr std::chrono::milliseconds kEver{-1};

// Asio closes the descriptor that it watches, so it gets a duplicate.
int duplicate(int fd) {
    const int copy = ::dup(fd);
    if (copy < 0) {
        throw std::system_error(errno, std::generic_category(), "dup");
    }
    return copy;
}

}  // namespace

Reactor::Reactor(std::uint16_t index, std::chrono::microseconds spin)
    : index_(index),
      spin_(spin),
      guard_(asio::make_work_guard(io_)),
      mailbox_wake_(std::make_unique<MailboxWake>()),
      poller_watch_(io_, duplicate(poller_.descriptor())) {
    if (!poller_.add(mailbox_.descriptor(), *mailbox_wake_)) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

Reactor::~Reactor() {
    if (thread_.joinable()) {
        stop();
        join();
    }
}

void Reactor::start() {
    thread_ = std::thread([this] { run(); });
    // For people who look at threads (top -H); one without a name works as well.
    (void
    )::pthread_setname_np(thread_.native_handle(), ("reactor " + std::to_string(index_)).c_str());
}

void Reactor::stop() {
    post([this] { stopping_ = true; });
}

void Reactor::join() {
    if (thread_.joinable()) {
        thread_.join();
    }
    cpu_clock_ = CLOCK_THREAD_CPUTIME_ID;
    thread_id_ = std::this_thread::get_id();
    retired_.clear();
}

void Reactor::run() {
    thread_id_ = std::this_thread::get_id();
    (void)::pthread_getcpuclockid(::pthread_self(), &cpu_clock_);  // cannot fail for this thread
    const std::lock_guard lock(runs_);
    post_turn();
    io_.run();
}

void Reactor::post_turn() {
    if (!turn_posted_) {
        turn_posted_ = true;
        asio::post(io_, [this] {
            turn_posted_ = false;
            run_turns();
        });
    }
}

void Reactor::ensure_turn() {
    if (!in_turn_) {
        post_turn();
    }
}

void Reactor::arm() {
    if (!mailbox_.prepare_to_sleep()) {
        post_turn();
        return;
    }
    if (armed_) {
        return;  // a turn that was asked for by ensure_turn ran while the wait went on
    }
    armed_ = true;
    poller_watch_.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [this](const asio::error_code& error) {
            armed_ = false;
            if (!error) {
                mailbox_.acknowledge_wake();
                run_turns();
            }
        }
    );
}

void Reactor::run_turns() {
    const TimePoint until = Clock::now() + kTurnsTime;
    poller_.wait(kNoTime);
    for (;;) {
        turn();
        if (stopping_) {
            io_.stop();
            return;
        }
        if (now_ >= until) {
            post_turn();  // after what Asio has for this thread
            return;
        }
        if (!wait_for_more()) {
            arm();
            return;
        }
    }
}

bool Reactor::wait_for_more() {
    if (work_is_left() || mailbox_.has_mail()) {
        poller_.wait(kNoTime);
        return true;
    }
    if (spin()) {
        return true;
    }
    if (!mailbox_.prepare_to_sleep()) {
        return true;
    }
    const bool more = linger();
    mailbox_.acknowledge_wake();
    return more || work_is_left() || mailbox_.has_mail();
}

// Asio's own wait costs two system calls more, and a peer that receives a reply often sends the
// next request within this time.
bool Reactor::linger() {
    linger_timer_.set();
    poller_.begin_sleep();
    runs_.unlock();
    const int seen = poller_.sleep(kEver);
    runs_.lock();
    retired_.clear();  // of serve_asleep(); their events are withdrawn next
    return poller_.end_sleep(seen) > 0 && !poller_.has_only(linger_timer_);
}

// Does not touch the events of the poller: the sleeping thread's wait fills them.
bool Reactor::serve_asleep() {
    const std::unique_lock lock(runs_, std::try_to_lock);
    if (!lock.owns_lock() || stopping_ || !mail_is_light_) {
        return false;
    }
    begin_turn();
    run_mail_slice(ReadyQueue::kSlice);
    if (at_end_.size() <= kMostWritesAsleep) {
        run_light_flush();
    }
    end_turn();
    wake_sleepers();
    in_turn_ = false;
    return !stopping_ && !work_is_left() && mailbox_.prepare_to_sleep();
}

bool Reactor::spin() {
    if (spin_.count() == 0) {
        return false;
    }
    const TimePoint until = Clock::now() + spin_;
    while (Clock::now() < until) {
        if (poller_.wait(kNoTime) > 0 || mailbox_.has_mail()) {
            return true;
        }
    }
    return false;
}

void Reactor::begin_turn() {
    now_ = Clock::now();
    ++turns_;
    in_turn_ = true;
}

void Reactor::turn() {
    begin_turn();
    poller_.handle();
    if (ready_.has_busy() || !at_end_.empty() || mailbox_.is_behind()) {
        look_for_light();
        serve_light();
    } else {
        ready_.run_light();  // nothing waits: all write together
    }
    give_way_at_ = work_.total() + ready_.slice_of(1);
    ready_.run_busy([this] { give_way(); });
    run_mail();
    run_flush_work();
    end_turn();
    retired_.clear();
    in_turn_ = false;
    serve_sleepers();
}

void Reactor::end_turn() {
    if (turn_end_) {
        turn_end_();
    }
}

void Reactor::serve_sleepers() {
    if (work_is_left() || mailbox_.has_mail()) {
        wake_sleepers();
    }
    for (Reactor* const sleeper : asleep_) {
        if (!sleeper->serve_asleep()) {
            sleeper->mailbox_.wake();
        }
    }
    asleep_.clear();
}

void Reactor::wake_sleepers() {
    for (Reactor* const sleeper : asleep_) {
        sleeper->mailbox_.wake();
    }
    asleep_.clear();
}

void Reactor::give_way() {
    if (work_.total() < give_way_at_) {
        return;
    }
    poller_.wait(kNoTime);
    poller_.handle();
    look_for_light();
    serve_light();
    give_way_at_ = work_.total() + ready_.slice_of(1);
}

// Each look costs half a microsecond, and each end of a slice within a read a few more.
void Reactor::look_for_light() {
    vain_looks_ = ready_.has_light() ? 0 : std::min(vain_looks_ + 1, kVainLooks);
    ready_.make_slices_short(vain_looks_ < kVainLooks);
}

void Reactor::serve_light() {
    const bool has_light = ready_.has_light();
    const bool has_mail = has_light_mail();
    if (!has_light && !has_mail) {
        return;
    }
    behind_.swap(at_end_);
    ready_.run_light();
    if (has_mail) {
        run_mail_slice(ready_.slice_of(1));
    }
    const bool wrote = !at_end_.empty();
    run_light_flush();
    behind_.insert(behind_.end(), at_end_.begin(), at_end_.end());
    at_end_.clear();
    behind_.swap(at_end_);
    if (has_light || wrote) {
        end_turn();
        wake_sleepers();
    }
}

void Reactor::run_light_flush() {
    light_flush_.swap(at_end_);
    // By index: forget() may blank entries, and work may queue itself again in at_end_.
    for (std::size_t next = 0; next < light_flush_.size(); ++next) {
        run_flush(light_flush_[next]);
    }
    light_flush_.clear();
}

bool Reactor::work_is_left() const {
    return !ready_.empty() || !at_end_.empty();
}

void Reactor::run_mail() {
    const std::uint64_t end = work_.total() + ReadyQueue::kMaxShare;
    do {
        run_mail_slice(ready_.slice_of(1));
        in_mail_ = true;  // the loop goes on with it
        give_way();
        in_mail_ = false;
    } while (mailbox_.is_behind() && work_.total() < end);
}

// Only mail that causes flush work is for clients; batches that return empty are not.
void Reactor::run_mail_slice(std::uint64_t slice) {
    const std::size_t flushes = at_end_.size();
    query_work_ = 0;
    work_.begin_slice(slice);
    in_mail_ = true;
    const std::size_t tasks = mailbox_.run_pending(work_);
    in_mail_ = false;
    const std::uint64_t spent = work_.end_slice();
    largest_mail_slice_ = std::max(largest_mail_slice_, spent);
    if (tasks != 0 && spent - query_work_ >= ReadyQueue::kSlice) {
        mail_is_light_ = false;
    } else if (at_end_.size() > flushes) {
        mail_is_light_ = true;
        vain_looks_ = 0;
    }
}

void Reactor::run_flush_work() {
    const std::uint64_t end = work_.total() + kFlushShare;
    running_.swap(at_end_);
    // By index: forget() may blank entries, and work may queue itself again in at_end_.
    std::size_t next = 0;
    while (next < running_.size() && work_.total() < end) {
        run_flush(running_[next++]);
        give_way();
    }
    // The others are the first in the next turn.
    at_end_.insert(
        at_end_.begin(), running_.begin() + static_cast<std::ptrdiff_t>(next), running_.end()
    );
    running_.clear();
}

void Reactor::run_flush(TurnWork* work) {
    if (work != nullptr) {
        work->queued_ = false;
        work_.add(work::kFlush);
        work->run_turn_work();
    }
}

void Reactor::run_again(TurnWork& work) {
    if (!work.queued_) {
        ready_.push(work);
        ensure_turn();
    }
}

void Reactor::queue_at_end(TurnWork& work) {
    work.queued_ = true;
    at_end_.push_back(&work);
    ensure_turn();
}

void Reactor::forget(TurnWork& work) {
    const bool queued = work.queued_;
    ready_.forget(work);
    if (queued) {
        for (auto* list : {&at_end_, &running_, &behind_, &light_flush_}) {
            std::replace(list->begin(), list->end(), &work, static_cast<TurnWork*>(nullptr));
        }
    }
}

}  // namespace telex::reactor
