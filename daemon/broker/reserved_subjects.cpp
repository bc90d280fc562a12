#include "broker/reserved_subjects.hpp"

#include "access/filter_relations.hpp"

namespace telex::broker {

bool selects_events(std::string_view filter) {
    constexpr std::string_view kEvents = "$SYS.event.>";
    constexpr std::string_view kJsonEvents = "$SYS.json.event.>";
    return filter.starts_with('$') &&
           (access::overlap(filter, kEvents) || access::overlap(filter, kJsonEvents));
}

}  // namespace telex::broker
