#include "admin/process_facts.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace telex::admin {

namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double seconds_of(clockid_t clock) {
    timespec now{};
    (void)::clock_gettime(clock, &now);  // cannot fail for the clocks of Linux
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Field 22 of stat: ticks after the system's start. The name before it may hold anything, up to its
// last bracket.
double start_time() {
    std::ifstream file("/proc/self/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t bracket = text.rfind(')');
    if (bracket == std::string::npos) {
        return 0;
    }
    std::istringstream rest(text.substr(bracket + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field) {
        rest >> skipped;
    }
    double ticks = 0;
    rest >> ticks;
    const double booted = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME);
    return booted + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::uint64_t count_descriptors() {
    std::error_code error;
    std::filesystem::directory_iterator entries("/proc/self/fd", error);
    return error ? 0 : static_cast<std::uint64_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace

ProcessFacts process_facts() {
    ProcessFacts facts;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) {
        facts.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        facts.most_descriptors = limit.rlim_cur;
    }
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;  // the second is what is resident
    facts.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    facts.open_descriptors = count_descriptors();
    facts.start_unix_seconds = start_time();
    return facts;
}

}  // namespace telex::admin
