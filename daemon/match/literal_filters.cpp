#include "match/literal_filters.hpp"

namespace telex::match {

LiteralFilters::LiteralFilters(const KeyedHash& hash) : hash_(hash) {
    static_assert(sizeof(LiteralFilter) == 32);
    filters_.take();  // 0 stands for none
}

FilterRef LiteralFilters::add(std::string_view text, std::uint64_t hash) {
    const FilterRef filter = filters_.take();
    LiteralFilter& record = filters_[filter];
    record.text.assign(text);
    heap_bytes_ += record.text.heap_bytes();
    edges_.insert(edge_of(hash), filter);
    return filter;
}

void LiteralFilters::erase(FilterRef filter) {
    const LiteralFilter& record = filters_[filter];
    edges_.erase(edge_of(hash_of(record.text.view())), filter);
    heap_bytes_ -= record.text.heap_bytes();
    filters_.release(filter);
}

}  // namespace telex::match
