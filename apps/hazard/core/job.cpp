#include "core/job.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

namespace hazard {

namespace {
void check_positive(char const* what, double value, char const* unit)
{
    if (!(value > 0))
        throw InputError("the " + std::string(what) + " is " + text_of(value) + unit +
                         " (it must be positive): give a larger one");
}
} // namespace

void check(Job const& job)
{
    check(job.calculation);
    check_positive("area spacing", job.area_spacing, " km");
    check_positive("bin width of magnitudes", job.mfd_bin_width, "");
    check_positive("time", job.years, " years");
}

} // namespace hazard
