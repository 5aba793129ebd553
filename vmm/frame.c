/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "vmm/frame.h"

#define FIRST_ROOM 256

/* Clients that lost their place send it: in no UTF-8 and no JSON. */
#define RESYNC '\xff'

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool append(struct frame *frame, char c)
{
	size_t room;
	char *bytes;

	if (frame->len == FRAME_MAX)
		return false;
	if (frame->len == frame->room) {
		room = frame->room ? frame->room * 2 : FIRST_ROOM;
		bytes = realloc(frame->bytes, room);
		if (!bytes)
			return false;
		frame->bytes = bytes;
		frame->room = room;
	}
	frame->bytes[frame->len++] = c;
	return true;
}

/* No JSON string holds a line's end: one without its end stops there. */
static bool string_goes_on(struct frame *frame, char c)
{
	if (frame->escaped)
		frame->escaped = false;
	else if (c == '\\')
		frame->escaped = true;
	else if (c == '"')
		frame->in_string = false;
	return c != '\n';
}

/* Whether the frame goes on after its byte @c. */
static bool goes_on(struct frame *frame, char c)
{
	if (frame->len == 1)
		frame->words = c != '{' && c != '[';
	if (c == RESYNC)
		return false;
	if (frame->words)
		return c != '\n';
	if (frame->in_string)
		return string_goes_on(frame, c);
	switch (c) {
	case '"':
		frame->in_string = true;
		return true;
	case '{':
	case '[':
		if (++frame->depth > FRAME_MAX_DEPTH)
			frame->deep = true;
		return true;
	case '}':
	case ']':
		return --frame->depth;
	default:
		return true;
	}
}

enum frame_result frame_feed(struct frame *frame, const char *data, size_t len,
			     size_t *taken)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!frame->len && is_space(data[i]))
			continue;
		if (!append(frame, data[i]))
			return FRAME_TOO_LONG;
		if (!goes_on(frame, data[i])) {
			*taken = i + 1;
			return FRAME_WHOLE;
		}
	}
	*taken = len;
	return FRAME_MORE;
}

void frame_reset(struct frame *frame)
{
	free(frame->bytes);
	memset(frame, 0, sizeof(*frame));
}
