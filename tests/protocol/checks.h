/* SPDX-License-Identifier: MIT */
/* checks: what must hold at the end of a case besides its error; for the table in cases.c. */
#ifndef STALELINE_TEST_CHECKS_H
#define STALELINE_TEST_CHECKS_H

#include "client.h"

void is_plain(const struct outcome *outcome, const struct seen *seen);
void has_version_7(const struct outcome *outcome, const struct seen *seen);
void has_no_device(const struct outcome *outcome, const struct seen *seen);
void is_fit_for_scanout(const struct outcome *outcome, const struct seen *seen);
void is_renewed(const struct outcome *outcome, const struct seen *seen);
void is_joint(const struct outcome *outcome, const struct seen *seen);
void is_disjoint(const struct outcome *outcome, const struct seen *seen);
void is_renewed_disjoint(const struct outcome *outcome, const struct seen *seen);
void is_immediate(const struct outcome *outcome, const struct seen *seen);
void is_implicit(const struct outcome *outcome, const struct seen *seen);
void keeps_buffers_unoffered(const struct outcome *outcome, const struct seen *seen);
void keeps_offer(const struct outcome *outcome, const struct seen *seen);
void has_pong(const struct outcome *outcome, const struct seen *seen);
void has_many_pongs(const struct outcome *outcome, const struct seen *seen);
void ended_early(const struct outcome *outcome, const struct seen *seen);
void is_smallest(const struct outcome *outcome, const struct seen *seen);
void is_largest(const struct outcome *outcome, const struct seen *seen);
void fills_1000x500(const struct outcome *outcome, const struct seen *seen);
void is_fullscreen_1024x640(const struct outcome *outcome, const struct seen *seen);
void hangs_over_1024x640(const struct outcome *outcome, const struct seen *seen);
void is_unscaled_at_2(const struct outcome *outcome, const struct seen *seen);
void is_640x480_and_panel(const struct outcome *outcome, const struct seen *seen);
void is_1000x500_exactly(const struct outcome *outcome, const struct seen *seen);
void hangs_over_700x500(const struct outcome *outcome, const struct seen *seen);
void is_1_to_1_at_1_120th(const struct outcome *outcome, const struct seen *seen);
void is_scaled(const struct outcome *outcome, const struct seen *seen);
void is_1_to_1_at_1_5(const struct outcome *outcome, const struct seen *seen);
void is_1_to_1_at_1_25(const struct outcome *outcome, const struct seen *seen);
void fills_1000x500_at_1_75(const struct outcome *outcome, const struct seen *seen);
void follows_output_of_2(const struct outcome *outcome, const struct seen *seen);
void is_unsure_of_outputs(const struct outcome *outcome, const struct seen *seen);
void is_one_unit(const struct outcome *outcome, const struct seen *seen);
void is_within_bounds(const struct outcome *outcome, const struct seen *seen);
void acked_all(const struct outcome *outcome, const struct seen *seen);
void is_closed(const struct outcome *outcome, const struct seen *seen);
void counts_each_release_once(const struct outcome *outcome, const struct seen *seen);
void is_still_busy(const struct outcome *outcome, const struct seen *seen);
void is_free_again(const struct outcome *outcome, const struct seen *seen);
void is_explicit(const struct outcome *outcome, const struct seen *seen);
void is_explicit_late(const struct outcome *outcome, const struct seen *seen);
void is_not_explicit(const struct outcome *outcome, const struct seen *seen);
void committed_two(const struct outcome *outcome, const struct seen *seen);
void committed_both(const struct outcome *outcome, const struct seen *seen);
void slept_for_points(const struct outcome *outcome, const struct seen *seen);
void is_pending_twice(const struct outcome *outcome, const struct seen *seen);
void is_pending_still(const struct outcome *outcome, const struct seen *seen);
void became_explicit(const struct outcome *outcome, const struct seen *seen);
void became_implicit(const struct outcome *outcome, const struct seen *seen);
void became_explicit_again(const struct outcome *outcome, const struct seen *seen);
void is_free_after_points(const struct outcome *outcome, const struct seen *seen);

/* checks_presentation.c */
void is_counted_zero_copy(const struct outcome *outcome, const struct seen *seen);
void is_discarded(const struct outcome *outcome, const struct seen *seen);
void is_50_ms_late(const struct outcome *outcome, const struct seen *seen);
void is_late_by_tai(const struct outcome *outcome, const struct seen *seen);
void has_missed_3_of_11(const struct outcome *outcome, const struct seen *seen);
void has_missed_none(const struct outcome *outcome, const struct seen *seen);
void has_no_latency(const struct outcome *outcome, const struct seen *seen);
void has_no_latency_by_a_clock(const struct outcome *outcome, const struct seen *seen);
void has_no_answers(const struct outcome *outcome, const struct seen *seen);

/* checks_size.c */
void is_resized(const struct outcome *outcome, const struct seen *seen);
void is_resized_once(const struct outcome *outcome, const struct seen *seen);
void is_resized_and_back(const struct outcome *outcome, const struct seen *seen);
void is_resized_to_least(const struct outcome *outcome, const struct seen *seen);
void is_resized_to_most(const struct outcome *outcome, const struct seen *seen);
void is_resized_without_panel(const struct outcome *outcome, const struct seen *seen);
void is_resized_for_scale_2(const struct outcome *outcome, const struct seen *seen);
void keeps_size_at_1_5(const struct outcome *outcome, const struct seen *seen);
void keeps_size_refused(const struct outcome *outcome, const struct seen *seen);
void keeps_size_refused_later(const struct outcome *outcome, const struct seen *seen);
void keeps_size_unoffered(const struct outcome *outcome, const struct seen *seen);
void keeps_size_without_dmabuf(const struct outcome *outcome, const struct seen *seen);
void keeps_size_dragged(const struct outcome *outcome, const struct seen *seen);
void is_window_again_unoffered(const struct outcome *outcome, const struct seen *seen);
void keeps_size_of_wish(const struct outcome *outcome, const struct seen *seen);
void is_answered_in_pause(const struct outcome *outcome, const struct seen *seen);
void fills_maximized_without_panel(const struct outcome *outcome, const struct seen *seen);

/* checks_dmabuf.c */
void is_shown_for_no_device(const struct outcome *outcome, const struct seen *seen);

/* checks_frames.c */
void is_all_read(const struct outcome *outcome, const struct seen *seen);
void slept_while_full(const struct outcome *outcome, const struct seen *seen);
void has_pongs_while_busy(const struct outcome *outcome, const struct seen *seen);
void is_closed_busy(const struct outcome *outcome, const struct seen *seen);

/* checks_globals.c */
void has_keys_until_seat_went(const struct outcome *outcome, const struct seen *seen);
void has_keys_of_both_seats(const struct outcome *outcome, const struct seen *seen);
void has_keys_of_late_seat(const struct outcome *outcome, const struct seen *seen);
void is_at_scale_1_after_all(const struct outcome *outcome, const struct seen *seen);
void has_output_of_2_again(const struct outcome *outcome, const struct seen *seen);
void asked_presentation_once(const struct outcome *outcome, const struct seen *seen);
void asked_presentation_twice(const struct outcome *outcome, const struct seen *seen);
void is_plain_and_kept_none(const struct outcome *outcome, const struct seen *seen);
void is_closed_after_5(const struct outcome *outcome, const struct seen *seen);
void goes_on_with_its_timelines(const struct outcome *outcome, const struct seen *seen);
void is_explicit_after_all(const struct outcome *outcome, const struct seen *seen);
void is_resized_when_implicit(const struct outcome *outcome, const struct seen *seen);
void keeps_size_and_points(const struct outcome *outcome, const struct seen *seen);
void may_be_resized_when_implicit(const struct outcome *outcome, const struct seen *seen);
void keeps_size_and_points_though_created(const struct outcome *outcome, const struct seen *seen);

/* checks_makers.c */
void is_resized_at_1_5(const struct outcome *outcome, const struct seen *seen);
void fills_800x400_at_1_5(const struct outcome *outcome, const struct seen *seen);
void has_many_pongs_and_frames(const struct outcome *outcome, const struct seen *seen);
void has_shape_for_each_entry(const struct outcome *outcome, const struct seen *seen);

void is_resized_beside_old_panel(const struct outcome *outcome, const struct seen *seen);
void has_cursor_after_shapes(const struct outcome *outcome, const struct seen *seen);

/* checks_seat.c */
void has_keys_plain(const struct outcome *outcome, const struct seen *seen);
void has_question_mark(const struct outcome *outcome, const struct seen *seen);
void has_q(const struct outcome *outcome, const struct seen *seen);
void has_capital_q(const struct outcome *outcome, const struct seen *seen);
void has_eight_keys(const struct outcome *outcome, const struct seen *seen);
void has_no_keys(const struct outcome *outcome, const struct seen *seen);
void has_none_of_keys(const struct outcome *outcome, const struct seen *seen);
void has_second_keyboard(const struct outcome *outcome, const struct seen *seen);
void is_moved(const struct outcome *outcome, const struct seen *seen);
void is_not_moved(const struct outcome *outcome, const struct seen *seen);
void is_resized_at_upper_left(const struct outcome *outcome, const struct seen *seen);
void is_resized_at_lower_right(const struct outcome *outcome, const struct seen *seen);
void is_resized_at_right(const struct outcome *outcome, const struct seen *seen);
void is_resized_without_shape(const struct outcome *outcome, const struct seen *seen);
void has_cursor_for_scale_1(const struct outcome *outcome, const struct seen *seen);
void has_cursor_for_scale_1_again(const struct outcome *outcome, const struct seen *seen);
void has_cursor_for_scale_2(const struct outcome *outcome, const struct seen *seen);
void has_cursor_of_odd_width(const struct outcome *outcome, const struct seen *seen);
void has_cursor_of_one_size(const struct outcome *outcome, const struct seen *seen);
void has_cursor_for_each_entry(const struct outcome *outcome, const struct seen *seen);
void has_second_pointer(const struct outcome *outcome, const struct seen *seen);
void is_decorated(const struct outcome *outcome, const struct seen *seen);
void has_no_panel_any_more(const struct outcome *outcome, const struct seen *seen);
void has_no_panel_from_pause_on(const struct outcome *outcome, const struct seen *seen);
void has_panel_again_as_it_was(const struct outcome *outcome, const struct seen *seen);
void has_panel_again(const struct outcome *outcome, const struct seen *seen);
void is_fullscreen_without_panel(const struct outcome *outcome, const struct seen *seen);
void is_window_again(const struct outcome *outcome, const struct seen *seen);

#endif
