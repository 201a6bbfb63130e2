// expect: The state of a task cannot hold a pointer or a view
#include <starmap/starmap.hpp>

#include <vector>

struct Scale {
#ifdef CONTROL
    double factor = 1;
    double operator()(double x) const { return x * factor; }
#else
    double* factor = nullptr;
    double operator()(double x) const { return x * *factor; }
#endif
};

double sum(starmap::Session& session, std::vector<double> const& items, Scale scale)
{
    return session.map(scale, items).reduce();
}
