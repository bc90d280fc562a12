#pragma once
// At which places the filters of one client have their wildcards.
//
//   device.7.*  device.8.*  ->  one pattern        a.*  *.a  *.*  a.>  ->  four
//
// A subject and a pattern determine one path in a trie: a wildcard where the pattern has one, the
// subject's own token elsewhere. So a match visits at most one node for each level and pattern,
// however many filters there are, and a bound on the patterns of a client bounds what its filters
// cost all who publish.
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace telex::match {

// Owner: the record of a client. One thread. The filters were validated by the caller.
class WildcardPatterns {
public:
    // A pattern in use. Owned by this object, until its last filter is removed.
    struct Pattern {
        std::string key;
        std::size_t filters = 0;
    };

    // Counts the filter. Returns null if it has no wildcard; otherwise remove() takes the result.
    Pattern* add(std::string_view filter);
    void remove(Pattern* pattern);

    std::size_t size() const { return patterns_ ? patterns_->size() : 0; }

    // The number with this filter.
    std::size_t size_with(std::string_view filter) const;

private:
    using Patterns = std::map<std::string, Pattern>;

    std::unique_ptr<Patterns> patterns_;  // null: there are none
};

}  // namespace telex::match
