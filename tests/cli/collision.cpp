// Two files that each have a task of the same name in their unnamed namespace: no rank could tell
// them apart.
#include <starmap/starmap.hpp>

#include <vector>

int sum_of_twin(starmap::Session& session);

namespace {
struct Step {
    int operator()(int x) const { return x + 1; }
};
} // namespace

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [](starmap::Session& session) {
        return session.map(Step{}, std::vector<int>{1, 2}).reduce() - sum_of_twin(session);
    });
}
