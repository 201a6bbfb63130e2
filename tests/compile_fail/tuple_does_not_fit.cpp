// expect: The task cannot be called with its input
#include <starmap/starmap.hpp>

#include <tuple>
#include <vector>

double power(double base, int exponent, double factor);

double sum(starmap::Session& session)
{
#ifdef CONTROL
    std::vector<std::tuple<double, int, double>> const arguments{{1.5, 2, 1.0}};
#else
    std::vector<std::tuple<double, int>> const arguments{{1.5, 2}};
#endif
    return session.starmap(starmap::fn<power>, arguments).reduce();
}
