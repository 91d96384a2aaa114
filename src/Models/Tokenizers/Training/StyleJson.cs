using System.Text.Json;
using Reflux.Models.Json;
using Reflux.Models.Tokenizers.Bpe;
using Reflux.Models.Tokenizers.PreTokenizers;

namespace Reflux.Models.Tokenizers.Training;

/// <summary>What stands in the <c>tokenizer.json</c> of each <see cref="TokenizerStyle"/> around its vocabulary.</summary>
internal static class StyleJson
{
    private const string ByteLevel = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""";
    private const string BytesOnly = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""";
    private const string Digits = """{"type":"Digits","individual_digits":true}""";
    private const string Decoder =
        """
        {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},
        {"type":"Strip","content":" ","start":1,"stop":0}]}
        """;

    public static BpeOptions Options(TokenizerStyle style, string? unknownToken) => style switch
    {
        TokenizerStyle.Llama3 => new BpeOptions(IgnoreMerges: true),
        TokenizerStyle.Llama2 or TokenizerStyle.Mistral => new BpeOptions(ByteFallback: true, UnknownToken: unknownToken, FuseUnknown: true),
        _ => new BpeOptions(),
    };

    /// <summary>Normalizer, pre-tokeniser and decoder, and a post-processor that writes <paramref name="beginToken"/> in front.</summary>
    public static JsonFields Of(TokenizerStyle style, string? beginToken, int beginId)
    {
        (string normalizer, string preTokenizer, string decoder) = style switch
        {
            TokenizerStyle.Gpt2 => ("null", ByteLevel, ByteLevel),
            TokenizerStyle.SmolLm2 => ("null", Sequence(Digits, ByteLevel), ByteLevel),
            TokenizerStyle.Llama3 => ("null", Sequence(Split(Llama3Splitter.Llama3Pattern), BytesOnly), ByteLevel),
            TokenizerStyle.Qwen2 => ("""{"type":"NFC"}""", Sequence(Split(Llama3Splitter.QwenPattern), BytesOnly), ByteLevel),
            TokenizerStyle.Llama2 => (
                """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}""", "null", Decoder),
            TokenizerStyle.Mistral => ("null", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""", Decoder),
            _ => throw new ArgumentOutOfRangeException(nameof(style)),
        };
        string json =
            $$"""{"normalizer":{{normalizer}},"pre_tokenizer":{{preTokenizer}},"post_processor":{{PostProcessor(beginToken, beginId)}},"decoder":{{decoder}}}""";
        return new JsonFields("tokenizer.json", JsonDocument.Parse(json).RootElement);
    }

    private static string PostProcessor(string? token, int id) => token is null
        ? "null"
        : $$$"""
            {"type":"TemplateProcessing",
            "single":[{"SpecialToken":{"id":{{{Quote(token)}}},"type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
            "pair":[{"SpecialToken":{"id":{{{Quote(token)}}},"type_id":0}},{"Sequence":{"id":"A","type_id":0}},
            {"SpecialToken":{"id":{{{Quote(token)}}},"type_id":1}},{"Sequence":{"id":"B","type_id":1}}],
            "special_tokens":{ {{{Quote(token)}}}:{"id":{{{Quote(token)}}},"ids":[{{{id}}}],"tokens":[{{{Quote(token)}}}]} } }
            """;

    private static string Sequence(string first, string second) => $$"""{"type":"Sequence","pretokenizers":[{{first}},{{second}}]}""";

    private static string Split(string pattern) => $$$"""{"type":"Split","pattern":{"Regex":{{{Quote(pattern)}}} },"behavior":"Isolated","invert":false}""";

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
