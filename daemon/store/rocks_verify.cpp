#include "store/rocks_verify.hpp"

#include <limits>

namespace telex::store {

namespace {

constexpr std::size_t kStepBytes = std::size_t{1024} * 1024;

class Verification {
public:
    Verification(const RocksReading& reading, const VerifyHooks& hooks)
        : reading_(reading), hooks_(hooks) {}

    [[nodiscard]] Expected<VerifyProgress> run() {
        for (const Family family : {Family::meta, Family::cursor, Family::holes}) {
            reading_.visit_sealed(
                family,
                std::nullopt,
                [](ByteView, ByteView) {},
                [&](const StoreError& error) { report(error); }
            );
        }
        for (const StreamId stream : reading_.all_streams()) {
            progress_.stream = stream;
            if (!read_stream(stream)) {
                return store_error(StoreFault::stopped, "the verification was stopped");
            }
        }
        return progress_;
    }

private:
    bool is_stopped() const {
        return hooks_.stop != nullptr && hooks_.stop->load(std::memory_order_relaxed);
    }

    void report(const StoreError& error) {
        ++progress_.damages;
        if (hooks_.damage) {
            hooks_.damage(error);
        }
    }

    // Returns false if it was stopped.
    bool read_stream(StreamId stream) {
        Sequence next = 1;
        while (!is_stopped()) {
            const auto blocks = reading_.blocks_from(stream, next, false, kStepBytes);
            if (!blocks) {
                report(blocks.error());
                if (blocks.error().last == std::numeric_limits<Sequence>::max()) {
                    return true;
                }
                next = blocks.error().last + 1;
                continue;
            }
            if (blocks->empty()) {
                return true;
            }
            for (const BlockPtr& block : *blocks) {
                note(*block);
            }
            next = blocks->back()->last() + 1;
        }
        return false;
    }

    void note(const Block& block) {
        ++progress_.blocks;
        progress_.records += block.size();
        progress_.bytes += block.stored().size();
        if (hooks_.progress) {
            hooks_.progress(progress_);
        }
    }

    const RocksReading& reading_;
    const VerifyHooks& hooks_;
    VerifyProgress progress_;
};

}  // namespace

Expected<VerifyProgress> verify_rocks(const RocksReading& reading, const VerifyHooks& hooks) {
    return Verification(reading, hooks).run();
}

}  // namespace telex::store
