#pragma once
// The page of metrics while it is written.
#include "telex/v1/sys.pb.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace telex::admin {

// Collects families; a sample belongs to the one that was begun last.
class MetricsPage {
public:
    using Labels = std::vector<prometheus::ClientMetric::Label>;

    void begin(std::string name, std::string help, prometheus::MetricType type) {
        families_.push_back({std::move(name), std::move(help), type, {}});
    }

    void sample(double value, Labels labels = {}) {
        prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
        metric.label = std::move(labels);
        if (families_.back().type == prometheus::MetricType::Counter) {
            metric.counter.value = value;
        } else {
            metric.gauge.value = value;
        }
    }

    void counter(std::string name, std::string help, double value) {
        begin(std::move(name), std::move(help), prometheus::MetricType::Counter);
        sample(value);
    }

    void gauge(std::string name, std::string help, double value) {
        begin(std::move(name), std::move(help), prometheus::MetricType::Gauge);
        sample(value);
    }

    void histogram(std::string name, std::string help, const v1::Histogram& from) {
        begin(std::move(name), std::move(help), prometheus::MetricType::Histogram);
        prometheus::ClientMetric::Histogram& to = families_.back().metric.emplace_back().histogram;
        for (int i = 0; i < from.counts_size(); ++i) {
            to.sample_count += from.counts(i);
            const double bound = i < from.bounds_seconds_size()
                                     ? from.bounds_seconds(i)
                                     : std::numeric_limits<double>::infinity();
            to.bucket.push_back({to.sample_count, bound});
        }
        to.sample_sum = from.sum_seconds();
    }

    std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

private:
    std::vector<prometheus::MetricFamily> families_;
};

inline double number(std::uint64_t value) {
    return static_cast<double>(value);
}

inline double flag(bool value) {
    return value ? 1 : 0;
}

}  // namespace telex::admin
