#include "server/connection/run_reader.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

// Frames that go by until the next look.
int frames_before_next_look(RunReader& reader) {
    int frames = 0;
    while (!reader.is_due()) {
        ++frames;
    }
    return frames;
}

TEST(RunReader, LooksAtEachFrameUntilARunIsRefused) {
    RunReader reader;
    EXPECT_TRUE(reader.is_due());
    reader.note_run();
    EXPECT_TRUE(reader.is_due());
}

TEST(RunReader, LooksLessOftenAfterEachRefusalAndAtOnceAfterARun) {
    RunReader reader;
    for (const int frames : {1, 3, 7, 15, 31, 63, 63}) {
        reader.note_refusal();
        EXPECT_EQ(frames_before_next_look(reader), frames);
    }
    reader.note_run();
    EXPECT_EQ(frames_before_next_look(reader), 0);
    reader.note_refusal();
    EXPECT_EQ(frames_before_next_look(reader), 1);
}

}  // namespace
}  // namespace telex::server
