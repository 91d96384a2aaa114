using System.Security.Cryptography;
using System.Text;
using Reflux.Models.Chat;
using Reflux.Models.Json;

namespace Reflux.Models.Tokenizers;

/// <summary>
/// The chat form of a model: how a conversation becomes the prompt that an answer follows. The template's own text may spell special tokens; what
/// the conversation says never does. Safe for concurrent use.
/// </summary>
public sealed class PromptTemplate
{
    /// <summary>Opens a user's turn in <see cref="Default"/>.</summary>
    public const string UserToken = "<|user|>";

    /// <summary>Opens an answer in <see cref="Default"/>.</summary>
    public const string AssistantToken = "<|assistant|>";

    /// <summary>Ends an answer in <see cref="Default"/>; generation stops at it.</summary>
    public const string EndToken = "<|end|>";

    internal const string FileName = "chat_template.jinja";

    private const int LongestJinja = 1 << 20;

    private const string DefaultJinja =
        "{% for message in messages %}"
        + "{% if message['role'] == 'user' %}{{ '<|user|>' + message['content'] }}"
        + "{% elif message['role'] == 'assistant' %}{{ '<|assistant|>' + message['content'] + '<|end|>' }}"
        + "{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    private readonly string _file;
    private readonly ChatTemplate _template;

    private PromptTemplate(string file, string jinja, SpecialTokenNames tokenNames)
    {
        (_file, Jinja, TokenNames) = (file, jinja, tokenNames);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(jinja)));
        try
        {
            _template = jinja.Length <= LongestJinja ? new ChatTemplate(jinja) : throw new TemplateException("it is longer than a mebibyte", line: 1);
        }
        catch (TemplateException error)
        {
            throw Described(error);
        }
    }

    /// <summary>The template of the sample teacher: <c>&lt;|user|&gt;text&lt;|assistant|&gt;answer&lt;|end|&gt;</c> for each turn.</summary>
    public static PromptTemplate Default { get; } =
        new(FileName, DefaultJinja, SpecialTokenNames.None with { Eos = EndToken, Additional = [UserToken, AssistantToken] });

    /// <summary>The special tokens that <see cref="Default"/> writes; a tokenizer has to have them all.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = [UserToken, AssistantToken, EndToken];

    /// <summary>The template as the model directory holds it.</summary>
    public string Jinja { get; }

    /// <summary>SHA-256 of <see cref="Jinja"/> in UTF-8, lower-case hex.</summary>
    public string Hash { get; }

    /// <summary>The special tokens that the template may ask for by name.</summary>
    public SpecialTokenNames TokenNames { get; }

    /// <summary>What <see cref="Find"/> finds.</summary>
    /// <exception cref="ModelException">There is no template, it is malformed, or it asks for what isn't supported, which the message names.</exception>
    public static PromptTemplate Load(string directory) => Find(directory) ?? throw ModelException.Missing(Path.Combine(directory, FileName));

    /// <summary>
    /// Reads <c>chat_template.jinja</c>, or where it is absent <c>chat_template</c> of <c>tokenizer_config.json</c>: a text, or a list of named ones of which
    /// <c>default</c> counts. Null where there is none.
    /// </summary>
    /// <exception cref="ModelException">The template is malformed, or asks for what isn't supported, which the message names.</exception>
    public static PromptTemplate? Find(string directory)
    {
        string file = Path.Combine(directory, FileName);
        string? jinja;
        if (File.Exists(file))
        {
            jinja = Encoding.UTF8.GetString(ModelFile.ReadAllBytes(file));
        }
        else
        {
            file = Path.Combine(directory, SpecialTokenNames.ConfigFile);
            jinja = File.Exists(file) ? FindText(JsonFields.Read(file)) : null;
        }

        if (jinja is null)
        {
            return null;
        }

        SpecialTokenNames names = SpecialTokenNames.Read(directory);
        return jinja.TrimEnd() != DefaultJinja
            ? new PromptTemplate(file, jinja, names)
            : names.Eos is null ? Default : new PromptTemplate(file, DefaultJinja, names);
    }

    /// <summary>The ids of one user turn, up to where the answer begins. Text that looks like a special token stays text.</summary>
    /// <exception cref="ModelException">As <see cref="Encode(Tokenizer, IReadOnlyList{ChatMessage}, bool, IReadOnlyDictionary{string, bool})"/> throws.</exception>
    public int[] Encode(Tokenizer tokenizer, string userText) => Encode(tokenizer, [new ChatMessage("user", userText)]);

    /// <summary>The ids of a conversation, for a text without special tokens in its turns the same as Hugging Face's library gives.</summary>
    /// <param name="tokenizer">Whose ids.</param>
    /// <param name="messages">The turns so far.</param>
    /// <param name="addGenerationPrompt">Whether the start of an answer follows.</param>
    /// <param name="switches">Variables that some templates ask for, such as Qwen 3's <c>enable_thinking</c>.</param>
    /// <exception cref="ModelException">The template refuses the conversation, fails, or needs a special token that the tokenizer lacks.</exception>
    public int[] Encode(
        Tokenizer tokenizer, IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true, IReadOnlyDictionary<string, bool>? switches = null)
    {
        if (Jinja == DefaultJinja)
        {
            foreach (string token in SpecialTokens)
            {
                RequireSpecial(tokenizer, token);
            }
        }

        return tokenizer.Encode(Render(messages, addGenerationPrompt, switches));
    }

    /// <summary>The text of a conversation; only what the template itself wrote is trusted.</summary>
    /// <exception cref="ModelException">The template refuses the conversation or fails.</exception>
    public IReadOnlyList<TextSegment> Render(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true, IReadOnlyDictionary<string, bool>? switches = null)
    {
        try
        {
            return _template.Render(
                messages,
                addGenerationPrompt,
                [
                    .. TokenNames.Named.Select(each => KeyValuePair.Create(each.Name, (object?)TemplateText.Trusted(each.Token))),
                    .. (switches ?? new Dictionary<string, bool>()).Select(each => KeyValuePair.Create(each.Key, (object?)each.Value)),
                ]).Segments;
        }
        catch (TemplateException error)
        {
            throw Described(error);
        }
    }

    private static string? FindText(JsonFields configuration)
    {
        if (!configuration.Has("chat_template") || configuration.Required("chat_template").ValueKind != System.Text.Json.JsonValueKind.Array)
        {
            return configuration.Has("chat_template") ? configuration.Text("chat_template") : null;
        }

        return configuration.Objects("chat_template").FirstOrDefault(template => template.Text("name") == "default")?.Text("template");
    }

    private static void RequireSpecial(Tokenizer tokenizer, string token)
    {
        if (tokenizer.IdOf(token) is not { } id || !tokenizer.IsSpecial(id))
        {
            throw ModelException.Invalid(
                "tokenizer.json", $"it has no special token {token}, which the chat template writes", "Take the tokenizer and the chat template from the same model.");
        }
    }

    private ModelException Described(TemplateException error) => error.IsUnsupported
        ? ModelException.Unsupported(_file, $"the chat template's line {error.Line} asks for {error.Message}, which is not supported", "docs/models.md lists what chat templates may use.")
        : ModelException.Invalid(
            _file, $"the chat template's line {error.Line}: {error.Message}", "Give the model a conversation that its template knows, or correct the template.");
}
