// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/player.hpp"

#include "lifecycle/tests/sample.hpp"

namespace oms::lifecycle {
namespace {

std::string trace_of(const std::string& text, const std::string& document = sample) {
    const Result<Played> played = play(table_of(document), text, "s.txt");
    if (!played) return to_text(played.error());
    return played->trace + (played->mismatch ? to_text(*played->mismatch) + "\n" : "");
}

TEST(Player, TellsWhatCameOfEachLine) {
    EXPECT_EQ(trace_of("# a comment\n"
                       "scenario It goes on until it is over\n"
                       "event accepted\n"
                       "  does route things\n"
                       "  waits for timer late\n"
                       "timer late\n"
                       "  slot tries is 1\n"
                       "  status is late\n"
                       "answer fine\n"
                       "  region work is done\n"
                       "  ended\n"),
              "scenario It goes on until it is over\n"
              "    3  event accepted\n"
              "         work: open -> busy\n"
              "         does route things\n"
              "         does timer late after 2h\n"
              "         does watch crossed\n"
              "    4    does route things   ok\n"
              "    5    waits for timer late   ok\n"
              "    6  timer late\n"
              "         does add 1 to tries\n"
              "         does task desk\n"
              "    7    slot tries is 1   ok\n"
              "    8    status is late   ok\n"
              "    9  answer fine\n"
              "         work: busy -> done\n"
              "         does emit checked\n"
              "   10    region work is done   ok\n"
              "   11    ended   ok\n");
}

TEST(Player, StopsAtTheFirstMismatch) {
    EXPECT_EQ(trace_of("event accepted\n  region work is open\n  ended\n"),
              "    1  event accepted\n"
              "         work: open -> busy\n"
              "         does route things\n"
              "         does timer late after 2h\n"
              "         does watch crossed\n"
              "    2    region work is open   MISMATCH: it is \"busy\"\n"
              "s.txt:2:1: OMS-3051: expected \"region work is open\", but it is \"busy\"\n"
              "  what to do: mend the lifecycle or the expectation; the trace shows what happened "
              "before\n");
}

TEST(Player, FactsOfARoleAreFactsOfAny) {
    const std::string document = replaced(sample, "late: tries > 0", "late: any_done");
    EXPECT_EQ(trace_of("facts money.any_done, not things.any_done\n  status is late\n"
                       "facts not money.any_done\n  status is open\n"
                       "facts things.any_done, has_parent\nfacts none\n  status is open\n",
                       document)
                  .find("MISMATCH"),
              std::string::npos);
}

TEST(Player, WhatIsUnroutedIsCancelledByCancelRest) {
    const std::string document =
        replaced(sample, "do: emit checked", "do: [cancel_rest, emit checked]");
    EXPECT_EQ(trace_of("facts things.any_unrouted\nevent accepted\nevent nudge\n"
                       "  region work is done\n",
                       document)
                  .find("MISMATCH"),
              std::string::npos);
}

TEST(Player, UndoesWhatWasDone) {
    const std::string trace = trace_of(
        "event money.route_acked\nevent cancel_asked\n  does cancel_routes money\n"
        "event give_up\n  does undo_all\n  does route money\nevent give_up\n  no rule\n");
    EXPECT_EQ(trace.find("MISMATCH"), std::string::npos) << trace;
}

TEST(Player, ARefusalTakesEverythingBack) {
    const std::string document =
        replaced(sample, "do: emit checked", "do: [add 5 to tries, emit checked]");
    const std::string refusing =
        replaced(document, "when: over, to: done}", "when: over, to: done, do: refuse not today}");
    const std::string trace = trace_of(
        "event accepted\nevent nudge\n  refused not today\n  does nothing\n"
        "  slot tries is 0\n  region work is busy\n  not ended\n",
        refusing);
    EXPECT_EQ(trace.find("MISMATCH"), std::string::npos) << trace;
}

TEST(Player, EventsWithoutEndAreCaught) {
    const std::string document = replaced(sample, "when: over, to: done}",
                                          "do: emit checked}\n"
                                          "      - {event: late, from: open, to: done}");
    const std::string trace =
        trace_of("event accepted\nevent nudge\n", replaced(document,
                                                           "conditions:\n  over: not "
                                                           "any_working and not any_unrouted\n",
                                                           ""));
    EXPECT_NE(trace.find("do not end (more than 1000)"), std::string::npos) << trace;
}

TEST(Player, LinesThatCannotBeReadSaySo) {
    const auto line = [](const std::string& text) { return trace_of(text); };
    EXPECT_EQ(line("facts things.any_don"),
              "s.txt:1:1: OMS-3050: unknown fact \"any_don\" (did you mean \"any_done\"?)\n"
              "  what to do: use one of: all_done, any_done, any_working, any_unrouted, "
              "any_cancelled, any_over, any_route_open, any_route_unknown, any_amending, any_line, "
              "has_parent, has_sources and 8 more");
    EXPECT_EQ(line("facts any_done"),
              "s.txt:1:1: OMS-3050: \"any_done\" needs a role here\n"
              "  what to do: write \"things.any_done\", for example");
    EXPECT_EQ(line("event acepted").substr(0, 73),
              "s.txt:1:1: OMS-3050: unknown event \"acepted\" (did you mean \"accepted\"?)\n ");
    EXPECT_EQ(line("status is opne"),
              "s.txt:1:1: OMS-3050: unknown status \"opne\" (did you mean \"open\"?)\n"
              "  what to do: use one of: done, late, open");
    EXPECT_EQ(line("slot tries is x"),
              "s.txt:1:1: OMS-3050: \"x\" is not an integer\n  what to do: write decimal digits");
    EXPECT_EQ(line("does rout things").substr(0, 63),
              "s.txt:1:1: OMS-3050: unknown action \"rout\" (did you mean \"route");
    EXPECT_EQ(line("walk to the end").substr(0, 53),
              "s.txt:1:1: OMS-3050: unknown line \"walk to the end\"\n ");
    EXPECT_NE(line("timer late").find("no timer of that name waits; nothing waits"),
              std::string::npos);
    EXPECT_NE(line("answer fine").find("no task is open"), std::string::npos);
}

}  // namespace
}  // namespace oms::lifecycle
