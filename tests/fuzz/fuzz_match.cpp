// The trie and its cache, compared with the naive matcher. The input is a program, one instruction
// per line:
//
//   +filter  -filter      insert or remove a filter that does not match reserved subjects
//   ^filter  _filter      the same for one that does
//   anything else         a subject to match twice, the second time from the cache
#include "match/match_cache.hpp"
#include "match/subject_trie.hpp"
#include "unit/match/naive_match.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using telex::match::FilterRef;

void require(bool fact) {
    if (!fact) {
        std::abort();
    }
}

class Machine {
public:
    void run(std::string_view line) {
        const char code = line.empty() ? ' ' : line.front();
        if (code == '+' || code == '^') {
            add(std::string(line.substr(1)), code == '^');
        } else if (code == '-' || code == '_') {
            remove(std::string(line.substr(1)), code == '_');
        } else {
            check(line);
            check(line);
        }
    }

    void finish() {
        for (const auto& [key, filter] : model_) {
            require(trie_.text_of(filter) == key.first);
            trie_.erase(filter);
        }
        require(trie_.size() == 0 && trie_.memory_bytes() <= empty_bytes_);
    }

private:
    // The filter, and whether it matches reserved subjects.
    using Key = std::pair<std::string, bool>;

    static Key key_of(const std::string& filter, bool sees_reserved) {
        const std::string first = telex::match::test::split(filter).front();
        return {filter, sees_reserved && (first == "*" || first == ">")};
    }

    void add(const std::string& filter, bool sees_reserved) {
        const auto obtained = trie_.obtain(filter, sees_reserved);
        if (!obtained) {
            require(trie_.find(filter, sees_reserved) == 0);
            return;
        }
        const auto [at, created] = model_.emplace(key_of(filter, sees_reserved), obtained->filter);
        require(created == obtained->created && at->second == obtained->filter);
        forget(filter, obtained->filter);
    }

    void remove(const std::string& filter, bool sees_reserved) {
        const FilterRef known = trie_.find(filter, sees_reserved);
        const auto at = model_.find(key_of(filter, sees_reserved));
        require((known != 0) == (at != model_.end()));
        if (known != 0) {
            forget(filter, known);
            trie_.erase(known);
            model_.erase(at);
        }
    }

    void forget(const std::string& text, FilterRef filter) {
        if (trie_.is_literal(filter)) {
            cache_.forget(text, trie_.hash_of(text));
        } else {
            cache_.forget_all();
        }
    }

    void check(std::string_view subject) {
        std::vector<FilterRef> found;
        if (const auto known = cache_.find(subject, trie_.hash_of(subject))) {
            found.assign(known->begin(), known->end());
        } else {
            trie_.match(subject, found);
            cache_.store(subject, trie_.hash_of(subject), found);
        }
        std::vector<FilterRef> expected;
        for (const auto& [key, filter] : model_) {
            if (telex::match::test::naive_match(key.first, key.second, subject)) {
                expected.push_back(filter);
            }
        }
        std::sort(found.begin(), found.end());
        std::sort(expected.begin(), expected.end());
        require(found == expected);
    }

    telex::match::SubjectTrie<std::uint64_t> trie_{1};
    telex::match::MatchCache cache_{16, 1};
    std::size_t empty_bytes_ = trie_.memory_bytes();
    std::map<Key, FilterRef> model_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    Machine machine;
    while (!input.empty()) {
        const std::size_t end = std::min(input.find('\n'), input.size());
        machine.run(input.substr(0, end));
        input.remove_prefix(std::min(end + 1, input.size()));
    }
    machine.finish();
    return 0;
}
