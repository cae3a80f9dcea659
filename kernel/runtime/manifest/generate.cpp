// SPDX-License-Identifier: Apache-2.0
#include "runtime/manifest/generate.hpp"

#include "runtime/manifest/elf_section.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace oms::runtime {
namespace {

/// A help text as comment lines that stay within 100 columns, whatever it holds.
std::string comment(const std::string& text, const std::string& indent) {
    const std::size_t width = 96 - indent.size();
    std::string out;
    std::string line;
    const auto flush = [&] {
        // A backslash at the end of a line would swallow the next one.
        if (!line.empty() && line.back() == '\\') line += '.';
        if (!line.empty()) out += indent + "/// " + line + "\n";
        line.clear();
    };
    std::string word;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const bool blank = at == text.size() || static_cast<unsigned char>(text[at]) <= ' ';
        if (!blank) {
            word += text[at];
            continue;
        }
        if (!line.empty() && line.size() + 1 + word.size() > width) flush();
        if (!line.empty() && !word.empty()) line += ' ';
        line += word;
        word.clear();
    }
    flush();
    return out;
}

bool is_list(SettingType type) {
    return type == SettingType::texts || type == SettingType::integers;
}

/// May be absent, and says so in its type. An absent list is an empty one.
bool is_optional(const SettingSpec& spec) {
    return !spec.required && !spec.fallback && !is_list(spec.type);
}

std::string member_type(SettingType type) {
    switch (type) {
        case SettingType::integer:
        case SettingType::size:
        case SettingType::decimal: return "std::int64_t";
        case SettingType::boolean: return "bool";
        case SettingType::duration: return "std::chrono::milliseconds";
        case SettingType::texts: return "std::vector<std::string>";
        case SettingType::integers: return "std::vector<std::int64_t>";
        case SettingType::text:
        case SettingType::choice:
        case SettingType::secret:
        case SettingType::path: break;
    }
    return "std::string";
}

std::string reader(const SettingSpec& spec) {
    const std::string name = "(\"" + spec.name + "\"";
    switch (spec.type) {
        case SettingType::integer:
        case SettingType::size: return "given.integer" + name + ")";
        case SettingType::decimal: return "given.decimal" + name + ", " + spec.name + "_scale)";
        case SettingType::boolean: return "given.boolean" + name + ")";
        case SettingType::duration:
            return "std::chrono::milliseconds(given.duration_ms" + name + "))";
        case SettingType::secret: return "given.secret" + name + ")";
        case SettingType::texts: return "given.texts" + name + ")";
        case SettingType::integers: return "given.integers" + name + ")";
        case SettingType::text:
        case SettingType::choice:
        case SettingType::path: break;
    }
    return "given.text" + name + ")";
}

std::string bounds_text(const SettingSpec& spec) {
    const SettingType type = spec.type == SettingType::integers ? SettingType::integer : spec.type;
    std::string text;
    if (!spec.unit.empty()) text += " In " + spec.unit + ".";
    if (spec.type == SettingType::size) text += " In bytes.";
    if (spec.minimum) text += " At least " + value_text(type, *spec.minimum) + ".";
    if (spec.maximum) text += " At most " + value_text(type, *spec.maximum) + ".";
    for (std::size_t at = 0; at < spec.choices.size(); ++at) {
        text += (at == 0 ? " One of: " : ", ") + spec.choices[at];
        if (at + 1 == spec.choices.size()) text += ".";
    }
    if (spec.fallback) text += " Default: " + value_text(spec.type, *spec.fallback) + ".";
    if (spec.type == SettingType::secret) text += " Never log it, never put it into a record.";
    return text;
}

std::string member(const SettingSpec& spec) {
    std::string out = comment(spec.help + bounds_text(spec), "    ");
    if (spec.type == SettingType::decimal) {
        out += "    static constexpr unsigned " + spec.name +
               "_scale = " + std::to_string(spec.scale) + ";\n";
    }
    const std::string type = member_type(spec.type);
    if (is_optional(spec)) return out + "    std::optional<" + type + "> " + spec.name + ";\n";
    if (type == "bool") return out + "    bool " + spec.name + " = false;\n";
    if (type == "std::int64_t") return out + "    std::int64_t " + spec.name + " = 0;\n";
    if (type == "std::chrono::milliseconds") return out + "    " + type + " " + spec.name + "{};\n";
    return out + "    " + type + " " + spec.name + ";\n";
}

std::string settings_struct(const Manifest& manifest) {
    std::string out =
        "/// What an instance is configured with; the host has checked it.\n"
        "struct Settings {\n";
    for (const SettingSpec& spec : manifest.settings) out += member(spec) + "\n";
    if (manifest.settings.empty()) {
        out += "    static Settings from(const ::oms::sdk::Settings&) { return {}; }\n";
    } else {
        out +=
            "    static Settings from(const ::oms::sdk::Settings& given) {\n"
            "        Settings made;\n";
        for (const SettingSpec& spec : manifest.settings) {
            const bool absent = is_optional(spec) || (is_list(spec.type) && !spec.required);
            const std::string guard = absent ? "if (given.has(\"" + spec.name + "\")) " : "";
            out += "        " + guard + "made." + spec.name + " = " + reader(spec) + ";\n";
        }
        out += "        return made;\n    }\n";
    }
    return out +
           "    static Settings from(const oms_settings* raw) {\n"
           "        return from(::oms::sdk::Settings(*raw));\n"
           "    }\n"
           "};\n";
}

std::string cell_constants(const std::vector<CellSpec>& cells) {
    std::string out;
    for (const CellSpec& cell : cells) {
        std::string text = cell.help + " Type " + std::string(name_of(cell.type));
        if (cell.type == ValueType::decimal) text += " at scale " + std::to_string(cell.scale);
        if (!cell.unit.empty()) text += " in " + cell.unit;
        for (std::size_t at = 0; at < cell.key.size(); ++at) {
            text += (at == 0 ? ", by " : " and ") + cell.key[at].name;
        }
        out += comment(text + ".", "") + "inline constexpr std::uint32_t " + cell.name + " = " +
               std::to_string(cell.number) + ";\n";
    }
    return out;
}

std::string table_constants(const TableSpec& table) {
    std::string text = table.help.empty() ? "Set by people" : table.help + " Set by people";
    for (std::size_t at = 0; at < table.key.size(); ++at) {
        text += (at == 0 ? ", by " : " and ") + table.key[at].name;
    }
    return comment(text + ".", "") + "namespace tables::" + table.name + " {\n" +
           cell_constants(table.values) + "}  // namespace tables::" + table.name + "\n\n";
}

std::string small_letters(std::string text) {
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return text;
}

std::string named_constants(const Manifest& manifest) {
    std::string out;
    if (!manifest.denials.empty()) {
        out += "/// What an opinion names as its rule.\nnamespace denials {\n";
        for (std::size_t at = 0; at < manifest.denials.size(); ++at) {
            out += comment(manifest.denials[at].help, "") + "inline constexpr std::uint32_t " +
                   small_letters(manifest.denials[at].name) + " = " + std::to_string(at) + ";\n";
        }
        out += "}  // namespace denials\n\n";
    }
    if (!manifest.events.empty()) {
        out += "/// The events that it raises.\nnamespace events {\n";
        for (const NamedHelp& event : manifest.events) {
            out += comment(event.help, "") + "inline constexpr std::string_view " + event.name +
                   " = \"" + event.name + "\";\n";
        }
        out += "}  // namespace events\n\n";
    }
    return out;
}

std::string made_from(const Manifest& manifest) {
    return "Made by oms-manifest from the manifest of " + manifest.name + " " + manifest.version +
           "; change that instead.";
}

}  // namespace

std::string settings_header(const Manifest& manifest) {
    const std::string space = "oms::plugins::" + manifest.name;
    std::string out = "// " + made_from(manifest) +
                      "\n#pragma once\n\n"
                      "#include <oms/sdk/settings.hpp>\n\n"
                      "#include <chrono>\n#include <cstdint>\n#include <optional>\n"
                      "#include <string>\n#include <string_view>\n#include <vector>\n\n"
                      "namespace " +
                      space + " {\n\n" + "inline constexpr std::string_view plugin_id = \"" +
                      manifest.id + "\";\n" +
                      "inline constexpr std::string_view plugin_version = \"" + manifest.version +
                      "\";\n\n" + settings_struct(manifest) + "\n";
    if (!manifest.cells.empty()) {
        out += "/// The numbers of its cells.\nnamespace cells {\n" +
               cell_constants(manifest.cells) + "}  // namespace cells\n\n";
    }
    for (const TableSpec& table : manifest.tables) out += table_constants(table);
    return out + named_constants(manifest) + "}  // namespace " + space + "\n";
}

std::string section_source(const Manifest& manifest, std::string_view text) {
    // Numbers, since C promises no more than 4095 characters of a string literal.
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); ++at) {
        bytes += (at % 20 == 0 ? "\n    " : " ") +
                 std::to_string(static_cast<unsigned char>(text[at])) + ",";
    }
    return "/* " + made_from(manifest) +
           " */\n"
           "#include <oms/abi/base.h>\n\n"
           "#ifdef OMS_PLUGIN_MANIFEST /* linked into the host, which finds it by this name */\n"
           "#define OMS_MANIFEST_BYTES\n"
           "#else\n"
           "#if defined(__has_attribute)\n"
           "#if __has_attribute(retain) /* against --gc-sections */\n"
           "#define OMS_MANIFEST_BYTES __attribute__((section(\"" +
           std::string(manifest_section) +
           "\"), used, retain))\n"
           "#endif\n"
           "#endif\n"
           "#ifndef OMS_MANIFEST_BYTES\n"
           "#define OMS_MANIFEST_BYTES __attribute__((section(\"" +
           std::string(manifest_section) +
           "\"), used))\n"
           "#endif\n"
           "#endif\n\n"
           "OMS_MANIFEST_BYTES static const unsigned char manifest[] = {" +
           bytes +
           "\n};\n\n"
           "#ifdef OMS_PLUGIN_MANIFEST\n"
           "extern const oms_text OMS_PLUGIN_MANIFEST;\n"
           "const oms_text OMS_PLUGIN_MANIFEST = {(const char*)manifest, sizeof manifest};\n"
           "#endif\n";
}

}  // namespace oms::runtime
