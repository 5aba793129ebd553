/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/scenario-yaml.h"
#include "vmm/util.h"

static int fail_at(struct doc *doc, const yaml_mark_t *mark,
		   const char *sentence)
{
	return refuse(doc->error, -EINVAL, "%.128s:%zu:%zu: %s", doc->name,
		      mark->line + 1, mark->column + 1, sentence);
}

int doc_fail(struct doc *doc, const yaml_node_t *at, const char *fmt, ...)
{
	struct papr_error why;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why.text, sizeof(why.text), fmt, ap);
	va_end(ap);
	return fail_at(doc, &at->start_mark, why.text);
}

/* --- pieces */

int doc_word(struct doc *doc, const yaml_node_t *node, const char *what,
	     struct word *word)
{
	const unsigned char *value = node->data.scalar.value;
	size_t i, len;

	if (node->type != YAML_SCALAR_NODE)
		return doc_fail(doc, node, "here should be %s", what);
	len = node->data.scalar.length;
	if (!len)
		return doc_fail(doc, node, "here should be %s, and there is "
				"nothing", what);
	if (len >= sizeof(word->text))
		return doc_fail(doc, node, "here should be %s, and not %zu "
				"bytes", what, len);
	for (i = 0; i < len; i++) {
		if (value[i] < ' ' || value[i] == 0x7f)
			return doc_fail(doc, node, "here should be %s, on one "
					"line", what);
		word->text[i] = value[i];
	}
	word->text[len] = '\0';
	return 0;
}

/* The names before it are all known and different, so they are few. */
static int check_new(struct doc *doc, const yaml_node_t *mapping,
		     const yaml_node_pair_t *pair, const struct word *word)
{
	const yaml_node_t *key = yaml_document_get_node(&doc->yaml, pair->key);
	const yaml_node_pair_t *p;
	const yaml_node_t *other;

	for (p = mapping->data.mapping.pairs.start; p < pair; p++) {
		other = yaml_document_get_node(&doc->yaml, p->key);
		if (!strcmp((const char *)other->data.scalar.value,
			    word->text))
			return doc_fail(doc, key, "%.64s is here a second "
					"time, the first is in line %zu",
					word->text,
					other->start_mark.line + 1);
	}
	return 0;
}

static int take_pair(struct doc *doc, const yaml_node_t *mapping,
		     const yaml_node_pair_t *pair, doc_pair_fn *take, void *to)
{
	const yaml_node_t *key = yaml_document_get_node(&doc->yaml, pair->key);
	const yaml_node_t *value = yaml_document_get_node(&doc->yaml,
							  pair->value);
	struct word word;
	int err = doc_word(doc, key, "a name", &word);

	if (!err)
		err = check_new(doc, mapping, pair, &word);
	return err ? err : take(doc, key, word.text, value, to);
}

int doc_mapping(struct doc *doc, const yaml_node_t *node, const char *what,
		doc_pair_fn *take, void *to)
{
	const yaml_node_pair_t *pair;
	int err = 0;

	if (node->type != YAML_MAPPING_NODE)
		return doc_fail(doc, node, "here should be %s", what);
	for (pair = node->data.mapping.pairs.start;
	     !err && pair < node->data.mapping.pairs.top; pair++)
		err = take_pair(doc, node, pair, take, to);
	return err;
}

int doc_list(struct doc *doc, const yaml_node_t *node, const char *what,
	     int (*take)(struct doc *doc, const yaml_node_t *node))
{
	const yaml_node_item_t *item;
	int err = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return doc_fail(doc, node, "here should be %s", what);
	for (item = node->data.sequence.items.start;
	     !err && item < node->data.sequence.items.top; item++)
		err = take(doc, yaml_document_get_node(&doc->yaml, *item));
	return err;
}

/* --- the whole */

/* Where a byte is: for what is not even UTF-8 the parser has no mark. */
static yaml_mark_t mark_of_byte(const struct doc *doc, size_t offset)
{
	yaml_mark_t mark = { 0, 0, 0 };
	size_t i;

	for (i = 0; i < offset && i < doc->len; i++) {
		if (doc->text[i] == '\n') {
			mark.line++;
			mark.column = 0;
		} else if (((unsigned char)doc->text[i] & 0xc0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

static int not_yaml(struct doc *doc, const yaml_parser_t *parser)
{
	yaml_mark_t mark = parser->problem_mark;
	struct papr_error why;

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR)
		mark = mark_of_byte(doc, parser->problem_offset);
	refuse(&why, 0, "not YAML: %s%s%s", parser->problem,
	       parser->context ? " " : "",
	       parser->context ? parser->context : "");
	return fail_at(doc, &mark, why.text);
}

/* There must be no more than the one that has been taken. */
static int check_end(struct doc *doc, yaml_parser_t *parser)
{
	const yaml_node_t *root;
	int err = 0;

	if (!yaml_parser_load(parser, &doc->yaml))
		return not_yaml(doc, parser);
	root = yaml_document_get_root_node(&doc->yaml);
	if (root)
		err = doc_fail(doc, root, "a second document; only one is "
			       "taken");
	yaml_document_delete(&doc->yaml);
	return err;
}

static int take_document(struct doc *doc, yaml_parser_t *parser,
			 int (*take)(struct doc *doc, const yaml_node_t *root))
{
	static const yaml_mark_t begin = { 0, 0, 0 };
	const yaml_node_t *root;
	int err;

	if (!yaml_parser_load(parser, &doc->yaml))
		return not_yaml(doc, parser);
	root = yaml_document_get_root_node(&doc->yaml);
	err = root ? take(doc, root) : fail_at(doc, &begin, "there is nothing "
					       "in it");
	yaml_document_delete(&doc->yaml);
	return err ? err : check_end(doc, parser);
}

int doc_read(struct doc *doc, int (*take)(struct doc *doc,
					  const yaml_node_t *root))
{
	yaml_parser_t parser;
	int err;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)doc->text,
				     doc->len);
	err = take_document(doc, &parser, take);
	yaml_parser_delete(&parser);
	return err;
}
