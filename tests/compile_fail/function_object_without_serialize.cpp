// expect: A task with state must say how it travels. Give the function object a public member
// serialize(Archive&, unsigned).
#include <starmap/starmap.hpp>

#include <string>
#include <vector>

struct Labelled {
    std::string label;
    std::string operator()(int x) const { return label + std::to_string(x); }
#ifdef CONTROL
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& label;
    }
#endif
};

std::string all(starmap::Session& session, std::vector<int> const& items)
{
    return session.starmap(Labelled{"no. "}, items).reduce();
}
