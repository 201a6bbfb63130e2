// expect: A pointer or a view (std::string_view, std::span) cannot travel
#include <starmap/starmap.hpp>

#include <span>
#include <vector>

#ifdef CONTROL
double norm(int order, std::vector<double> const& values);
#else
double norm(int order, std::span<double const> values);
#endif

double sum(starmap::Session& session, std::vector<double> const& values)
{
    auto tasks = session.starmap(starmap::fn<norm>);
    tasks.submit(2, values);
    return tasks.reduce();
}
