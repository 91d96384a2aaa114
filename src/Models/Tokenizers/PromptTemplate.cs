using System.Security.Cryptography;
using System.Text;
using Reflux.Models.Json;

namespace Reflux.Models.Tokenizers;

/// <summary>
/// The chat form of a model: how a user's text becomes the prompt that its answer follows. Exactly one Jinja text is supported:
/// <c>&lt;|user|&gt;text&lt;|assistant|&gt;answer&lt;|end|&gt;</c> for each turn; another one is refused.
/// </summary>
public sealed class PromptTemplate
{
    /// <summary>Opens a user's turn.</summary>
    public const string UserToken = "<|user|>";

    /// <summary>Opens an answer.</summary>
    public const string AssistantToken = "<|assistant|>";

    /// <summary>Ends an answer; generation stops at it.</summary>
    public const string EndToken = "<|end|>";

    internal const string FileName = "chat_template.jinja";

    private const string SupportedJinja =
        "{% for message in messages %}"
        + "{% if message['role'] == 'user' %}{{ '<|user|>' + message['content'] }}"
        + "{% elif message['role'] == 'assistant' %}{{ '<|assistant|>' + message['content'] + '<|end|>' }}"
        + "{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    private PromptTemplate(string jinja)
    {
        Jinja = jinja;
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(jinja)));
    }

    /// <summary>The supported template.</summary>
    public static PromptTemplate Default { get; } = new(SupportedJinja);

    /// <summary>The special tokens that the template writes; a tokenizer has to have them all.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = [UserToken, AssistantToken, EndToken];

    /// <summary>The template as the model directory holds it.</summary>
    public string Jinja { get; }

    /// <summary>SHA-256 of <see cref="Jinja"/> in UTF-8, lower-case hex.</summary>
    public string Hash { get; }

    /// <summary>Reads <c>chat_template.jinja</c>, or where it is absent <c>chat_template</c> of <c>tokenizer_config.json</c>.</summary>
    /// <exception cref="ModelException">There is no template, or not the supported one.</exception>
    public static PromptTemplate Load(string directory)
    {
        string file = Path.Combine(directory, FileName);
        string jinja;
        if (File.Exists(file))
        {
            jinja = Encoding.UTF8.GetString(ModelFile.ReadAllBytes(file));
        }
        else
        {
            string configuration = Path.Combine(directory, "tokenizer_config.json");
            JsonFields fields = File.Exists(configuration) ? JsonFields.Read(configuration) : throw ModelException.Missing(file);
            jinja = fields.Has("chat_template") ? fields.Text("chat_template") : throw ModelException.Missing(file);
            file = configuration;
        }

        return jinja.TrimEnd() == SupportedJinja
            ? Default
            : throw ModelException.Unsupported(
                file, "this chat template is not supported", $"Use a model whose template writes {UserToken}…{AssistantToken}…{EndToken} turns, as the sample teacher's does.");
    }

    /// <summary>The ids of one user turn, up to where the answer begins. Text that looks like a special token stays text.</summary>
    /// <exception cref="ModelException">The tokenizer lacks one of <see cref="SpecialTokens"/>.</exception>
    public int[] Encode(Tokenizer tokenizer, string userText) =>
        [SpecialId(tokenizer, UserToken), .. tokenizer.Encode(userText), SpecialId(tokenizer, AssistantToken)];

    internal static int SpecialId(Tokenizer tokenizer, string token) =>
        tokenizer.IdOf(token) is { } id && tokenizer.IsSpecial(id)
            ? id
            : throw ModelException.Invalid(
                "tokenizer.json", $"it has no special token {token}, which the chat template writes", "Take the tokenizer and the chat template from the same model.");
}
