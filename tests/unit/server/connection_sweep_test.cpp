#include "server/connection/connection_sweep.hpp"

#include "server/connection/connection.hpp"
#include "support/memory_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using ::testing::ElementsAre;

class ConnectionSweepTest : public ::testing::Test {
protected:
    static constexpr std::size_t kPeers = 10;
    static constexpr std::size_t kPerSlice = 4;

    ConnectionSweepTest() {
        for (std::size_t i = 0; i < kPeers; ++i) {
            clients_.emplace_back(server_.connect());
            clients_.back().open();
        }
    }

    // In slices for a few visits; returns the numbers of the connections, by slice.
    std::vector<std::vector<std::uint64_t>> sweep(const ConnectionSweep::Visit& visit) {
        std::vector<std::vector<std::uint64_t>> slices;
        server_.at(0, [&] {
            reactor::WorkMeter& work = server_.shard(0).reactor().work();
            ConnectionSweep sweep(connections(), work, [&](Connection& connection) {
                slices.back().push_back(connection.number());
                return visit(connection);
            });
            do {
                slices.emplace_back();
                work.begin_slice(kPerSlice * reactor::work::kVisit);
            } while (!sweep.run());
        });
        return slices;
    }

    ConnectionTable& connections() { return server_.worker(0).connections(); }

    testing::MemoryServer server_{1};
    std::vector<testing::MemoryTelex> clients_;
};

TEST_F(ConnectionSweepTest, VisitsEachConnectionOnceInSlices) {
    EXPECT_THAT(
        sweep([](Connection&) { return true; }),
        ElementsAre(ElementsAre(1, 2, 3, 4), ElementsAre(5, 6, 7, 8), ElementsAre(9, 10))
    );
}

TEST_F(ConnectionSweepTest, GoesOnAfterConnectionsThatItHasEnded) {
    EXPECT_THAT(
        sweep([](Connection& connection) {
            connection.abort(session::CloseReason::kicked);
            return true;
        }).size(),
        kPeers + 1
    ) << "the end of a connection is more work than such a slice, and the last finds none";
    EXPECT_EQ(connections().size(), 0U);
}

TEST_F(ConnectionSweepTest, VisitsAConnectionAgainThatIsNotDone) {
    int left = 5;
    const auto visit = [&](Connection& connection) {
        return connection.number() != 3 || --left == 0;
    };
    EXPECT_THAT(
        sweep(visit),
        ElementsAre(
            ElementsAre(1, 2, 3, 3),
            ElementsAre(3, 3, 3, 4),
            ElementsAre(5, 6, 7, 8),
            ElementsAre(9, 10)
        )
    );
}

TEST_F(ConnectionSweepTest, GoesOnWhenTheConnectionThatIsNotDoneHasEnded) {
    const auto visit = [&](Connection& connection) {
        if (connection.number() == 3) {
            connection.abort(session::CloseReason::kicked);
            return false;
        }
        return true;
    };
    const auto slices = sweep(visit);
    EXPECT_EQ(slices.front().back(), 3U);
    EXPECT_EQ(slices.at(1).front(), 4U);
    EXPECT_EQ(slices.back().back(), kPeers);
}

}  // namespace
}  // namespace telex::server
