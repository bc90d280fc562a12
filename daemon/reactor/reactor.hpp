#pragma once
// One thread, one event loop. A reactor owns what is registered with it for life: sockets, the
// routing replica, timers. One thread at a time touches what it owns; the one way in is post().
//
// The loop is Asio's (timers, acceptors' waits), with the data path as one guest of it: the
// poller's descriptor becomes readable, and a *turn* runs:
//
//   1. sockets that are ready are queued
//   2. each of the queue is read, decoded and routed for some slices (ready_queue.hpp)
//   3. the mailbox: what other reactors and threads sent, for some slices
//   4. flush work: every connection touched since the last turn writes once, for some slices
//   5. retired objects are destroyed
//
// Between two slices the turn gives way: sockets that became ready meanwhile and ask little are
// served, and mail if it is little, with the writes that they cause. So they wait for a slice, not
// for a turn.
//
// Another turn follows at once while there is something left. Then the reactor may spin for a
// while (`spin`), lingers at the poller for a millisecond or two, and only then sleeps in Asio's
// loop. However busy it is, Asio's timers have their turn every millisecond.
//
// That one thread is its own, with one exception: while it lingers at the poller, a reactor that
// sent it little mail, and has nothing else to do, runs that mail itself (post_task_from). Waking
// the other thread would take longer than the work.
#include "base/time.hpp"
#include "reactor/linger_timer.hpp"
#include "reactor/mailbox.hpp"
#include "reactor/poller.hpp"
#include "reactor/ready_queue.hpp"
#include "reactor/task.hpp"
#include "reactor/turn_work.hpp"
#include "reactor/work_meter.hpp"

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace telex::reactor {

// An object that is destroyed at the end of the turn instead of immediately.
class Retirable {
public:
    virtual ~Retirable() = default;
};

class Reactor {
public:
    // Of the flush work of a turn: a message for ten thousand connections makes each of them write.
    static constexpr std::uint64_t kFlushShare = 4 * ReadyQueue::kMaxShare;

    // `spin`: how long it looks for more work before it sleeps. It takes a processor for that, and
    // spares the 20 us and more that waking up costs.
    explicit Reactor(std::uint16_t index, std::chrono::microseconds spin = {});
    // Stops and joins.
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    // Starts the thread. Throws std::system_error when the system has no thread to give.
    void start();
    // Any thread. The loop ends after the current turn; what was posted before still runs.
    void stop();
    void join();

    // Any thread. Runs on the reactor's thread, in order per sender; destroyed unrun when the
    // reactor stops first.
    void post_task(std::unique_ptr<Task> task) {
        if (mailbox_.push(std::move(task))) {
            mailbox_.wake();
        }
    }

    // The same, from a turn of `sender` that is about to end. If this reactor sleeps by then, and
    // the sender has nothing else to do, the task runs on the sender's thread.
    void post_task_from(Reactor& sender, std::unique_ptr<Task> task) {
        if (mailbox_.push(std::move(task))) {
            sender.asleep_.push_back(this);
        }
    }

    template <class Function>
    void post(Function function) {
        post_task(std::make_unique<FunctionTask<Function>>(std::move(function)));
    }

    // --- the reactor's own thread, or before start ------------------------------------------
    std::uint16_t index() const { return index_; }

    asio::io_context& io() { return io_; }

    Poller& poller() { return poller_; }

    // The time at the beginning of the turn; cheap.
    TimePoint now() const { return now_; }

    std::uint64_t turns() const { return turns_; }

    // Processor time used by the reactor's thread.
    std::chrono::nanoseconds cpu_time() const { return telex::cpu_time(cpu_clock_); }

    // Makes sure that a turn runs soon; for what happens outside one, such as a timer's handler.
    void ensure_turn();
    // Run `work` for a slice, in this turn if its queue was not served yet, else in the next one,
    // without sleeping before.
    void run_again(TurnWork& work);

    // Run `work` once at the end of this turn, after everything that may add to it. If there is
    // more than kFlushShare, the rest runs at the end of the next turns.
    void run_at_end(TurnWork& work) {
        if (!work.queued_) {  // inline: each delivery asks for its connection's flush
            queue_at_end(work);
        }
    }

    // Take `work` off both lists; for its destructor.
    void forget(TurnWork& work);

    // So much work of a task that runs was for an operator's query.
    void note_query(std::uint64_t units) { query_work_ += units; }

    // For a task that runs and is not done when its slice is over: it goes on in the next turn.
    void put_back(std::unique_ptr<Task> task) { mailbox_.put_back(std::move(task)); }

    // Where those who work for a client add what they do, and see when its slice is over.
    WorkMeter& work() { return work_; }

    const WorkMeter& work() const { return work_; }

    const ReadyQueue& ready() const { return ready_; }

    // The most work that a slice of the queue or of the mail has done.
    std::uint64_t largest_slice() const {
        return std::max(largest_mail_slice_, ready_.largest_slice());
    }

    void retire(std::unique_ptr<Retirable> object) { retired_.push_back(std::move(object)); }

    // Called after the flush work of each turn (hand-over of batches to other reactors).
    void on_turn_end(std::function<void()> hook) { turn_end_ = std::move(hook); }

    bool on_this_thread() const { return std::this_thread::get_id() == thread_id_; }

private:
    // After this number of looks that found no light connection slices are long again.
    static constexpr unsigned kVainLooks = 16;
    // Writes that another reactor makes for this one while it sleeps. More would keep that one from
    // its own clients.
    static constexpr std::size_t kMostWritesAsleep = 16;

    void queue_at_end(TurnWork& work);
    void run();
    void arm();
    void post_turn();
    void run_turns();
    void begin_turn();
    void turn();
    // If enough work was done since the last time: looks for sockets that became ready, and serves
    // the light ones.
    void give_way();
    void look_for_light();

    bool has_light_mail() const { return mail_is_light_ && !in_mail_ && mailbox_.has_mail(); }

    // The light ones and light mail, then the flush work that they cause, before all flush work
    // that waits.
    void serve_light();
    // Returns false if no event came while polling.
    bool wait_for_more();
    bool spin();
    void run_mail();
    void run_mail_slice(std::uint64_t slice);
    void run_flush_work();
    // All flush work in `at_end_`, whatever its cost.
    void run_light_flush();
    void run_flush(TurnWork* work);
    void end_turn();
    // Those that were sent mail in this turn, and sleep.
    void serve_sleepers();
    void wake_sleepers();
    // Called by another reactor, on its thread. Returns false if the mail is not done: wake this.
    bool serve_asleep();
    // Waits for events. Another thread may run the mail meanwhile. Returns false if none came.
    bool linger();
    bool work_is_left() const;

    std::uint16_t index_;
    std::chrono::microseconds spin_;
    asio::io_context io_{ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    Poller poller_;
    LingerTimer linger_timer_{poller_};
    Mailbox mailbox_;
    class MailboxWake;
    std::unique_ptr<MailboxWake> mailbox_wake_;
    asio::posix::stream_descriptor poller_watch_;
    WorkMeter work_;
    ReadyQueue ready_{work_};
    // Flush work.
    std::vector<TurnWork*> at_end_;
    std::vector<TurnWork*> running_;
    std::vector<TurnWork*> light_flush_;
    std::vector<TurnWork*> behind_;     // comes after that of the light ones
    std::uint64_t give_way_at_ = 0;     // of work_.total()
    unsigned vain_looks_ = kVainLooks;  // in a row
    std::vector<std::unique_ptr<Retirable>> retired_;
    std::function<void()> turn_end_;
    TimePoint now_ = Clock::now();
    std::uint64_t turns_ = 0;
    std::uint64_t largest_mail_slice_ = 0;
    std::uint64_t query_work_ = 0;  // of the mail's slice
    // The last mail was for clients and less than a short slice.
    bool mail_is_light_ = true;
    bool in_mail_ = false;
    bool in_turn_ = false;
    bool turn_posted_ = false;
    bool armed_ = false;
    bool stopping_ = false;
    std::vector<Reactor*> asleep_;  // to be served or woken
    std::mutex runs_;               // held by the thread that runs this reactor
    clockid_t cpu_clock_ = CLOCK_THREAD_CPUTIME_ID;
    std::thread thread_;
    std::thread::id thread_id_ = std::this_thread::get_id();
};

}  // namespace telex::reactor
