#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace starmap::report {

/// When the work of a Starmap will have ended, by what came back of it so far.
///
/// The costs of tasks are taken to be proportional to their weights, with a variance that is
/// proportional to them too. Then the sum of costs by the sum of weights is the best estimate of
/// the seconds per weight, and what is left of weight x costs that much, give or take the square
/// root of v x (x + done) / done (R. M. Royall, "On finite population sampling theory under certain
/// linear regression models", Biometrika 57, 1970). v, the variance per weight, is taken from the
/// differences between batches of results in the order in which they came (the method of batch
/// means), and so grows where costs drift. The quantiles are those of Student's t, with one degree
/// of freedom less than batches.
///
/// Results that are there are the short ones, rather. So a task that has run for a while is taken
/// to need, of its mean cost d with the variance c d^2, (1 - c) times what is left of d and c times
/// a whole d: right for equal costs (c = 0) and for exponential ones (c = 1), and in between for
/// those of a gamma distribution that have just begun, or run for long.
///
/// To that comes the tail: the last worker ends later than the mean one. With s the standard
/// deviation of what is left of a task at some moment that is s sqrt(2 ln P) at most for P workers
/// where costs vary little, and s ln P where they are exponential; the upper end takes the quantile
/// of the latter.
///
/// The unit test has the share of simulated runs that end within the interval: 0.65 to 1, mostly
/// near 0.8, for costs that vary by up to their mean. Of costs with a heavier tail the one that
/// matters may not have been seen yet, and of weights that say too little of the tasks that come
/// last nothing is known: there the interval is too narrow.
class EndEstimate {
public:
    /// The part of all runs whose end is to lie within low and high.
    static constexpr double confidence = 0.8;

    /// Seconds from now; of a spread that is not known low and high are likely.
    struct Interval {
        double low = 0;
        double likely = 0;
        double high = 0;
        bool has_spread = false;
    };

    /// What is known at a moment.
    struct Moment {
        double elapsed = 0;        ///< since its first task began [s]
        double weight_left = 0;    ///< of all that is not done, what is being done included
        double units_left = 0;     ///< tasks or items, whatever is not divided
        double running = 0;        ///< seconds that went into what is being done
        std::uint32_t workers = 1; ///< that are at it
    };

    /// An attempt that ended ok, and took so many seconds of a worker.
    void add(double weight, double seconds);

    /// Nothing before a first result.
    std::optional<Interval> at(Moment const& moment) const;

private:
    struct Batch {
        double weight = 0;
        double seconds = 0;
    };
    /// Variance of the cost per weight; 0 where that cannot be told.
    double variance() const;
    /// How many batches are complete.
    std::size_t complete() const noexcept;

    /// Two and two become one when there are so many.
    static constexpr std::size_t most_batches = 32;
    static constexpr std::size_t fewest_batches = 8;

    std::vector<Batch> batches_;
    std::uint64_t batch_size_ = 1; ///< results
    std::uint64_t in_last_ = 1;    ///< results in the last batch
    std::uint64_t results_ = 0;
    double weight_ = 0;
    double seconds_ = 0;
};

} // namespace starmap::report
