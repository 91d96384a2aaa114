using System.Text.Json;
using Reflux.Models.Json;

namespace Reflux.Models.Tokenizers;

/// <summary>Writes <c>tokenizer.json</c> as Hugging Face's library reads it: fixed field order, ids ascending, merges as pairs.</summary>
internal static class TokenizerJsonWriter
{
    public static string Write(TokenizerDefinition definition) => JsonText.Write(writer =>
    {
        writer.WriteString("version", "1.0");
        writer.WriteNull("truncation");
        writer.WriteNull("padding");
        WriteAddedTokens(writer, definition);
        writer.WriteNull("normalizer");
        WritePreTokenizer(writer, definition.SeparateDigits);
        writer.WriteNull("post_processor");
        WriteByteLevel(writer, "decoder");
        WriteModel(writer, definition);
    });

    private static void WriteAddedTokens(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        writer.WriteStartArray("added_tokens");
        foreach (int id in definition.Special.Order())
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", id);
            writer.WriteString("content", definition.Tokens[id]);
            writer.WriteBoolean("single_word", false);
            writer.WriteBoolean("lstrip", false);
            writer.WriteBoolean("rstrip", false);
            writer.WriteBoolean("normalized", false);
            writer.WriteBoolean("special", true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePreTokenizer(Utf8JsonWriter writer, bool separateDigits)
    {
        if (!separateDigits)
        {
            WriteByteLevel(writer, "pre_tokenizer");
            return;
        }

        writer.WriteStartObject("pre_tokenizer");
        writer.WriteString("type", "Sequence");
        writer.WriteStartArray("pretokenizers");
        writer.WriteStartObject();
        writer.WriteString("type", "Digits");
        writer.WriteBoolean("individual_digits", true);
        writer.WriteEndObject();
        WriteByteLevel(writer, name: null);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter writer, string? name)
    {
        if (name is null)
        {
            writer.WriteStartObject();
        }
        else
        {
            writer.WriteStartObject(name);
        }

        writer.WriteString("type", "ByteLevel");
        writer.WriteBoolean("add_prefix_space", false);
        writer.WriteBoolean("trim_offsets", true);
        writer.WriteBoolean("use_regex", true);
        writer.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        writer.WriteStartObject("model");
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteNull("unk_token");
        writer.WriteNull("continuing_subword_prefix");
        writer.WriteNull("end_of_word_suffix");
        writer.WriteBoolean("fuse_unk", false);
        writer.WriteBoolean("byte_fallback", false);
        writer.WriteBoolean("ignore_merges", false);
        writer.WriteStartObject("vocab");
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            writer.WriteNumber(definition.Tokens[id], id);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("merges");
        foreach ((string left, string right) in definition.Merges)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(left);
            writer.WriteStringValue(right);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
