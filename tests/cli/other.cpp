// Another program than case.cpp: its tasks are others.
#include <starmap/starmap.hpp>

#include <string>
#include <vector>

namespace {
std::string shout(std::string const& text) { return text + "!"; }
} // namespace

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [](starmap::Session& session) {
        session.map(starmap::fn<shout>, std::vector<std::string>{"a", "b"}).reduce();
    });
}
