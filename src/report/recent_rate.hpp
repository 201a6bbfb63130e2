#pragma once

#include <deque>

namespace starmap::report {

/// How fast a sum has grown during the last seconds.
class RecentRate {
public:
    /// The sum at this moment [s]; moments do not go back.
    void note(double now, double sum)
    {
        latest_ = {.at = now, .sum = sum};
        if (samples_.empty() || now - samples_.back().at >= spacing) samples_.push_back(latest_);
        while (samples_.size() > 1 && now - samples_[1].at >= window) samples_.pop_front();
    }

    /// 0 before there is half a second to tell it from.
    double per_second() const
    {
        if (samples_.empty()) return 0;
        auto const& first = samples_.front();
        auto const seconds = latest_.at - first.at;
        return seconds >= spacing ? (latest_.sum - first.sum) / seconds : 0;
    }

private:
    static constexpr double spacing = 0.5;
    static constexpr double window = 5;
    struct Sample {
        double at = 0;
        double sum = 0;
    };
    std::deque<Sample> samples_;
    Sample latest_;
};

} // namespace starmap::report
