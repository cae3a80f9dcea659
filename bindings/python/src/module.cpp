// SPDX-License-Identifier: Apache-2.0
// The extension oms._oms. What people call is in oms/__init__.py; this is its foundation.
#include "record_reader.hpp"
#include "session.hpp"

#include <oms/sdk/json.hpp>
#include <oms/sdk/suggest.hpp>

#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <map>

namespace py = pybind11;

namespace oms::python {

namespace {

// ---- errors ----

py::object to_python(const Error& error, const py::tuple& others) {
    return py::module_::import("oms.errors")
        .attr("Error")(code_text(error.code), error.place, error.reason, error.remedy, others);
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): pybind11 wants it by value.
void translate(std::exception_ptr pending) {
    try {
        if (pending) std::rethrow_exception(pending);
    } catch (const Failure& failure) {
        py::list others;
        for (std::size_t each = 1; each < failure.errors().size(); ++each)
            others.append(to_python(failure.errors()[each], py::tuple()));
        const py::object error = to_python(failure.errors().front(), py::tuple(others));
        PyErr_SetObject(py::type::of(error).ptr(), error.ptr());
    }
}

// ---- dtypes ----

py::object format_of(const sdk::FieldInfo& field) {
    const auto pair = [](const char* first, const char* first_format, const char* second,
                         const char* second_format) {
        py::list fields;
        fields.append(py::make_tuple(first, first_format));
        fields.append(py::make_tuple(second, second_format));
        return py::object(std::move(fields));
    };
    switch (field.type) {
        case sdk::FieldType::u32: return py::str("<u4");
        case sdk::FieldType::u64: return py::str("<u8");
        case sdk::FieldType::i64: return py::str("<i8");
        case sdk::FieldType::text: return pair("at", "<u8", "size", "<u8");
        case sdk::FieldType::wide: return pair("low", "<u8", "high", "<i8");
    }
    return py::none();
}

py::dtype make_dtype(const sdk::RecordInfo& info) {
    py::list names;
    py::list formats;
    py::list offsets;
    const auto add = [&](std::string_view name, const py::object& format, std::uint32_t offset) {
        names.append(py::str(name.data(), name.size()));
        formats.append(format);
        offsets.append(offset);
    };
    const bool has_seq = std::any_of(info.fields.begin(), info.fields.end(),
                                     [](const auto& field) { return field.name == "seq"; });
    if (!has_seq) add("seq", py::str("<u8"), 0);
    for (const sdk::FieldInfo& field : info.fields) add(field.name, format_of(field), field.offset);
    return py::dtype(std::move(names), std::move(formats), std::move(offsets), info.size);
}

const py::dtype& dtype_of(const sdk::RecordInfo& info) {
    // Never given back: at the interpreter's end there is nothing left to give it back to.
    static auto& made = *new std::map<const sdk::RecordInfo*, py::dtype>();
    auto found = made.find(&info);
    if (found == made.end()) found = made.emplace(&info, make_dtype(info)).first;
    return found->second;
}

const sdk::RecordInfo& info_called(const std::string& name) {
    for (const sdk::RecordInfo& info : sdk::records())
        if (info.name == name) return info;
    throw py::key_error(name);
}

py::array read_only(py::array array) {
    array.attr("setflags")(py::arg("write") = false);
    return array;
}

// ---- batches of events ----

py::array column_of(const py::object& self, const std::string& name) {
    const auto& batch = self.cast<const EventBatch&>();
    const EventBatch::Column* column = batch.column(name);
    const py::dtype& dtype = dtype_of(info_called(name));
    if (column == nullptr) return read_only(py::array(dtype, std::vector<py::ssize_t>{0}));
    return read_only(
        py::array(dtype, {column->rows}, {column->info->size}, column->words.data(), self));
}

py::array places_of(const py::object& self) {
    const auto& places = self.cast<const EventBatch&>().places();
    return read_only(py::array(py::dtype::of<EventBatch::Place>(), {places.size()},
                               {sizeof(EventBatch::Place)}, places.data(), self));
}

py::list texts_of(const EventBatch& batch, const std::string& name, const std::string& field) {
    const sdk::RecordInfo& info = info_called(name);
    const auto found = std::find_if(info.fields.begin(), info.fields.end(), [&](const auto& each) {
        return each.name == field && each.type == sdk::FieldType::text;
    });
    if (found == info.fields.end()) throw py::key_error(name + "." + field);
    py::list texts;
    const EventBatch::Column* column = batch.column(name);
    for (std::size_t row = 0; column != nullptr && row < column->rows; ++row) {
        const std::string_view text = batch.text(*column, row, *found);
        texts.append(py::reinterpret_steal<py::object>(
            PyUnicode_DecodeUTF8(text.data(), static_cast<py::ssize_t>(text.size()), "replace")));
    }
    return texts;
}

/// All records in their order as one JSON list; each tells its seq first.
std::string events_json(const EventBatch& batch) {
    std::string out = "[";
    for (const EventBatch::Place& place : batch.places()) {
        if (out.size() > 1) out += ',';
        std::string one;
        batch.append_json(one, place);
        out += "{\"seq\":" + std::to_string(place.seq) + ",";
        out.append(one, 1);
    }
    return out + "]";
}

void bind_events(py::module_& module) {
    PYBIND11_NUMPY_DTYPE(EventBatch::Place, seq, kind, row);
    py::class_<EventBatch>(module, "EventBatch")
        .def_property_readonly("decisions", &EventBatch::decisions)
        .def_property_readonly("kinds",
                               [](const EventBatch& batch) {
                                   std::vector<std::string> names;
                                   for (const EventBatch::Column& column : batch.columns())
                                       names.emplace_back(column.info->name);
                                   return names;
                               })
        .def("places", &places_of)
        .def("column", &column_of)
        .def("texts", &texts_of)
        .def("json", [](const EventBatch& batch) { return py::bytes(events_json(batch)); })
        .def("__len__", [](const EventBatch& batch) { return batch.places().size(); });
}

// ---- the kernel ----

struct Answer {
    runtime::Reply reply;
    std::shared_ptr<Session> session;  // whose names the rows are shown with
};

void bind_answer(py::module_& module) {
    py::class_<Answer>(module, "Answer")
        .def_property_readonly("seq", [](const Answer& a) { return a.reply.seq; })
        .def_property_readonly(
            "code",
            [](const Answer& a) { return a.reply.accepted() ? "" : code_text(a.reply.code); })
        .def_property_readonly("order", [](const Answer& a) { return a.reply.order; })
        .def_property_readonly("id", [](const Answer& a) { return a.reply.id; })
        .def_property_readonly("reason",
                               [](const Answer& a) {
                                   if (a.reply.accepted()) return std::string();
                                   return sdk::make_error(a.reply.code, {}, a.reply.text).reason;
                               })
        .def_property_readonly("remedy",
                               [](const Answer& a) {
                                   if (a.reply.accepted()) return std::string();
                                   return sdk::make_error(a.reply.code).remedy;
                               })
        .def("json", [](const Answer& a) {
            std::string out;
            sdk::append_json(out, a.reply.records.view(), *a.session->names());
            return py::bytes(out);
        });
}

using Records = std::vector<std::pair<std::string, py::dict>>;

sdk::Batch read_records(Session& session, const Records& records) {
    RecordReader reader(session.port());
    sdk::Batch batch;
    for (const auto& [place, fields] : records) reader.read(fields, place, batch);
    return batch;
}

Answer submit(const std::shared_ptr<Session>& session, const Records& records,
              std::int64_t timeout_ms) {
    const sdk::Batch batch = read_records(*session, records);
    const py::gil_scoped_release released;
    return {session->request(batch, timeout_ms), session};
}

Answer ask(const std::shared_ptr<Session>& session, const py::dict& fields,
           std::int64_t timeout_ms) {
    const sdk::Batch batch = read_records(*session, {{"query", fields}});
    const auto* query = sdk::as<oms_query>(*batch.view().first);
    if (query == nullptr)
        refuse(error_no_record, "query", "the record is not a query", "ask with a query");
    const py::gil_scoped_release released;
    return {session->ask(*query, timeout_ms), session};
}

void observe(Session& session, const py::dict& fields) {
    const sdk::Batch batch = read_records(session, {{"observation", fields}});
    const auto* value = sdk::as<oms_observation>(*batch.view().first);
    if (value == nullptr)
        refuse(error_no_record, "observation", "the record is not an observation",
               "give product, field, value and source");
    oms_observation observation = *value;
    if (observation.time == 0) observation.time = session.now();
    session.observe(observation);
}

py::object describe(Session& session, std::uint32_t reference) {
    auto row = sdk::make<oms_reference_row>();
    if (session.port().describe(reference, row) != OMS_OK) return py::none();
    py::dict entry;
    entry["reference"] = row.reference;
    entry["class"] = std::string(sdk::code_name(sdk::class_names, row.reference_class));
    entry["code"] = std::string(sdk::view(row.code));
    entry["scale"] = row.scale;
    entry["price_scale"] = row.price_scale;
    return entry;
}

std::uint32_t class_number(const std::string& name) {
    if (const auto number = sdk::code_number(sdk::class_names, name)) return *number;
    std::vector<std::string_view> known;
    for (const sdk::CodeName& each : sdk::class_names) known.push_back(each.name);
    refuse(error_value, "class",
           "there is no class \"" + name + "\"" + sdk::did_you_mean(name, known),
           "write one of " + sdk::name_list(known, 20));
}

std::uint32_t reference(Session& session, const std::string& class_name, const std::string& code) {
    return need(session.port().reference(class_number(class_name), code));
}

void own_reference(Session& session, const std::string& class_name, const std::string& code) {
    session.own_reference(class_number(class_name), code);
}

py::dict status(Session& session) {
    const runtime::ProcessStatus status = session.status();
    py::dict shown;
    shown["version"] = status.version;
    shown["config"] = status.config;
    shown["data"] = status.data;
    shown["epoch"] = status.epoch;
    shown["durable_seq"] = status.durable_seq;
    shown["cancel_only"] = status.cancel_only;
    py::dict instances;
    for (const runtime::InstanceStatus& each : status.instances)
        instances[py::str(each.instance)] = each.state;
    shown["instances"] = instances;
    py::dict counters;
    for (const auto& [name, value] : status.counters) counters[py::str(name)] = value;
    shown["counters"] = counters;
    return shown;
}

/// A line of the log goes to Python, whichever thread wrote it.
std::function<void(std::string_view)> to_log(py::object log) {
    // It may be let go by a thread that does not hold Python's lock.
    const std::shared_ptr<py::object> kept(new py::object(std::move(log)), [](py::object* object) {
        const py::gil_scoped_acquire locked;
        delete object;
    });
    return [kept](std::string_view line) {
        const py::gil_scoped_acquire locked;
        try {
            (*kept)(std::string(line));
        } catch (py::error_already_set& error) {
            error.discard_as_unraisable("oms log");
        }
    };
}

std::shared_ptr<Session> open_session(const std::string& config, std::optional<std::string> text,
                                      bool in_memory, std::optional<std::int64_t> start,
                                      const std::string& data, std::vector<std::string> plugins,
                                      bool control_socket, const py::object& log) {
    runtime::Options options;
    options.config = config;
    options.config_text = std::move(text);
    options.in_memory = in_memory;
    options.data = data;
    for (std::string& folder : plugins) options.plugin_path.emplace_back(std::move(folder));
    options.control_socket = control_socket;
    options.log = to_log(log);
    const py::gil_scoped_release released;
    // The last owner may hold Python's lock, which threads that stop may want for a line of log.
    return {new Session(std::move(options), start), [](Session* session) {
                if (PyGILState_Check() == 0) {
                    delete session;
                } else {
                    const py::gil_scoped_release unlocked;
                    delete session;
                }
            }};
}

void bind_session(py::module_& module) {
    using Released = py::call_guard<py::gil_scoped_release>;
    py::class_<Session, std::shared_ptr<Session>>(module, "Session")
        .def(py::init(&open_session))
        .def("close", &Session::close, Released())
        .def_property_readonly("is_closed", &Session::is_closed)
        .def("submit", &submit)
        .def("ask", &ask)
        .def("observe", &observe)
        .def("describe", &describe)
        .def("reference", &reference, Released())
        .def("own_reference", &own_reference, Released())
        .def("status", &status)
        .def("advance_to", &Session::advance_to, Released())
        .def("settle", &Session::settle, Released())
        .def("state_hash", &Session::state_hash, Released())
        .def("now", &Session::now)
        .def("drain", &Session::drain, Released())
        .def_property("drained_seq", &Session::drained_seq, &Session::seek);
}

// ---- what records.def says ----

bool is_id(sdk::Meaning meaning) {
    return meaning >= sdk::Meaning::order && meaning <= sdk::Meaning::watch;
}

void bind_tables(py::module_& module) {
    py::dict kinds;
    py::dict ids;
    for (const sdk::RecordInfo& info : sdk::records()) {
        const py::str name(info.name.data(), info.name.size());
        kinds[py::int_(info.kind)] = name;
        py::list fields;
        for (const sdk::FieldInfo& field : info.fields)
            if (is_id(field.meaning)) fields.append(py::str(field.name.data(), field.name.size()));
        if (!fields.empty()) ids[name] = py::tuple(fields);
    }
    module.attr("KINDS") = kinds;
    module.attr("ID_FIELDS") = ids;
    module.def("class_number", &class_number);
    module.def("dtype", [](const std::string& name) { return dtype_of(info_called(name)); });
}

}  // namespace

}  // namespace oms::python

PYBIND11_MODULE(_oms, module) {
    py::register_exception_translator(&oms::python::translate);
    oms::python::bind_tables(module);
    oms::python::bind_events(module);
    oms::python::bind_answer(module);
    oms::python::bind_session(module);
}
