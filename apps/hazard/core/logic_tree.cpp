#include "core/job.hpp"
#include "core/xml.hpp"

#include <sstream>

namespace hazard {

namespace {

/// The branch sets, whether or not they are wrapped in branching levels as older files do it.
std::vector<XmlElement> branch_sets(XmlElement const& tree)
{
    std::vector<XmlElement> sets;
    tree.allow_children({"logicTreeBranchSet", "logicTreeBranchingLevel"});
    for (auto const& child : tree.children()) {
        if (child.name() == "logicTreeBranchSet") {
            sets.push_back(child);
            continue;
        }
        child.allow_children({"logicTreeBranchSet"});
        for (auto const& set : child.children()) sets.push_back(set);
    }
    return sets;
}

} // namespace

std::vector<std::string> only_branches(std::string const& path)
{
    XmlDocument const document(path);
    XmlElement const root(document, document.root());
    if (root.name() != "nrml") root.fail("a logic tree begins with <nrml>: give such a file");
    root.allow_children({"logicTree"});
    std::vector<std::string> words;
    for (auto const& set : branch_sets(root.child("logicTree"))) {
        set.allow_children({"logicTreeBranch"});
        auto const type = set.attribute("uncertaintyType");
        if (type != "sourceModel" && type != "gmpeModel")
            set.fail("the uncertaintyType is \"" + type +
                     "\" (only sourceModel and gmpeModel are known): use another program");
        auto const branches = set.children();
        if (branches.size() != 1)
            set.fail("a branch set has " + std::to_string(branches.size()) +
                     " branches (one run computes one): leave one in, and run once for each");
        std::istringstream text(branches.front().child("uncertaintyModel").text());
        for (std::string word; text >> word;) words.push_back(word);
    }
    return words;
}

} // namespace hazard
