#include <starmap/starmap.hpp>

#include <vector>

int sum_of_twin(starmap::Session& session);

namespace {
struct Step {
    int operator()(int x) const { return x - 1; }
};
} // namespace

int sum_of_twin(starmap::Session& session)
{
    return session.map(Step{}, std::vector<int>{1, 2}).reduce();
}
