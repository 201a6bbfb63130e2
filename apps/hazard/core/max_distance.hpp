#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace hazard {

/// How far from a rupture an earthquake is felt [km], as a function of its magnitude: linear
/// between given pairs, constant beyond them.
class MaxDistance {
public:
    /// Without bound.
    MaxDistance() = default;
    /// Pairs of magnitude and distance. Throws InputError unless the magnitudes rise and the
    /// distances are positive.
    explicit MaxDistance(std::vector<std::pair<double, double>> pairs);
    /// Reads "300" or "5:100,6.5:200,8:300".
    static MaxDistance parse(std::string_view text);

    double operator()(double magnitude) const;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& pairs_;
    }

private:
    std::vector<std::pair<double, double>> pairs_;
};

} // namespace hazard
