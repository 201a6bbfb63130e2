#pragma once

#include "core/input_error.hpp"

#include <pugixml.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hazard {

/// An XML file in memory, which knows the line of each element.
class XmlDocument {
public:
    /// Throws InputError, with the line, for a file that cannot be read or is not well formed.
    explicit XmlDocument(std::string path);
    XmlDocument(XmlDocument const&) = delete;
    XmlDocument& operator=(XmlDocument const&) = delete;

    pugi::xml_node root() const { return document_.document_element(); }
    /// "FILE:LINE: SENTENCE" about the element.
    std::string complaint(pugi::xml_node node, std::string_view sentence) const;

private:
    std::string place(std::ptrdiff_t offset) const;

    std::string path_;
    std::string text_;
    pugi::xml_document document_;
};

/// An element of a document that must outlive it. Names are compared without their prefix. Whatever
/// is missing or not understood throws InputError with file and line.
class XmlElement {
public:
    XmlElement(XmlDocument const& document, pugi::xml_node node) : document_(&document), node_(node)
    {
    }

    std::string_view name() const;
    [[noreturn]] void fail(std::string_view sentence) const;
    /// Calls `f`, and puts this element's place before the sentence of an InputError.
    template <class F>
    auto at_this_place(F const& f) const;

    /// Refuses all attributes but these and declarations of namespaces.
    void allow_attributes(std::initializer_list<std::string_view> names) const;
    /// Refuses all children but these.
    void allow_children(std::initializer_list<std::string_view> names) const;

    std::optional<std::string> attribute_if(char const* name) const;
    std::string attribute(char const* name) const;
    double number(char const* name) const;

    std::vector<XmlElement> children() const;
    /// The only child of this name.
    XmlElement child(std::string_view name) const;
    std::optional<XmlElement> child_if(std::string_view name) const;

    /// All of its text, which no element may interrupt.
    std::string text() const;
    /// The one number that is its text.
    double number() const;
    std::vector<double> numbers() const;

private:
    XmlDocument const* document_;
    pugi::xml_node node_;
};

template <class F>
auto XmlElement::at_this_place(F const& f) const
{
    try {
        return f();
    } catch (PlacedError const&) {
        throw; // by an element further inside
    } catch (InputError const& error) {
        fail(error.what());
    }
}

} // namespace hazard
