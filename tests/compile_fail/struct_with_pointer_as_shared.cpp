// expect: A pointer or a view (std::string_view, std::span) cannot travel
#include <starmap/starmap.hpp>

#include <array>
#include <vector>

struct Grid {
    int width = 0;
#ifdef CONTROL
    std::array<double, 9> values{};
#else
    double const* values = nullptr;
#endif
};

double look_up(int item, Grid const& grid) { return grid.values[item % grid.width]; }

double sum(starmap::Session& session, std::vector<int> const& items, Grid const& grid)
{
    return session.map(starmap::fn<look_up>, items, starmap::shared(grid)).reduce();
}
