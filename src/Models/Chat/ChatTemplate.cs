namespace Reflux.Models.Chat;

/// <summary>
/// A chat template in the subset of Jinja that Llama's, Mistral's, Qwen's and SmolLM's need, with the settings and functions of Hugging Face's library. It
/// can do nothing but compute text, and only so much of it (<see cref="Budget"/>).
/// </summary>
internal sealed class ChatTemplate
{
    private const int LongestRange = 100_000;

    private readonly IReadOnlyList<Statement> _statements;

    /// <exception cref="TemplateException">It is not Jinja, or asks for what this subset lacks.</exception>
    public ChatTemplate(string jinja) => _statements = TemplateParser.Parse(jinja);

    /// <param name="messages">The conversation: what its members say counts as a user's text.</param>
    /// <param name="addGenerationPrompt">Whether the start of an answer follows.</param>
    /// <param name="variables">What else the template may ask for.</param>
    /// <exception cref="TemplateException">It fails, refuses the conversation or is too costly.</exception>
    public TemplateText Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, IEnumerable<KeyValuePair<string, object?>> variables)
    {
        Scope scope = new(outer: null)
        {
            ["messages"] = messages.Select(MessageOf).ToArray<object?>(),
            ["add_generation_prompt"] = addGenerationPrompt,
            ["tools"] = null,
            ["documents"] = null,
            ["raise_exception"] = (TemplateFunction)Raise,
            ["namespace"] = (TemplateFunction)MakeNamespace,
            ["dict"] = (TemplateFunction)(call => new TemplateMap(call.AtMost(0, [.. call.Named.Select(item => item.Name)]).Named.Select(item => (TemplateText.Trusted(item.Name), item.Value)))),
            ["range"] = (TemplateFunction)Range,
        };
        foreach ((string name, object? value) in variables)
        {
            scope[name] = value;
        }

        Budget budget = new(messages.Sum(message => (long)message.Content.Length));
        return new TemplateRenderer(budget).Render(_statements, new Scope(scope));
    }

    private static TemplateMap MessageOf(ChatMessage message) => new(
    [
        (TemplateText.Trusted("role"), TemplateText.Of(message.Role, isTrusted: false)),
        (TemplateText.Trusted("content"), TemplateText.Of(message.Content, isTrusted: false)),
    ]);

    // what a user wrote stands in no message
    private static object Raise(CallArguments call) => throw new TemplateException(
        "the template refuses this conversation: " + string.Concat(call.AtMost(1).Text(0, "message").Segments.Select(segment => segment.Trusted ? segment.Text : "…")), call.Line);

    private static TemplateNamespace MakeNamespace(CallArguments call)
    {
        TemplateNamespace space = new();
        foreach ((string name, object? value) in call.Named)
        {
            space.Values[name] = value;
        }

        foreach (object? initial in call.Positional)
        {
            foreach ((TemplateText name, object? value) in initial is TemplateMap map ? map.Items : throw call.Error("its argument is no dictionary"))
            {
                space.Values[name.Value] = value;
            }
        }

        return space;
    }

    private static object Range(CallArguments call)
    {
        call.AtMost(3);
        long first = call.Integer(0, "start", 0);
        (long start, long stop) = call.Positional.Count > 1 ? (first, call.Integer(1, "stop", 0)) : (0, first);
        long step = call.Integer(2, "step", 1);
        if (step == 0)
        {
            throw call.Error("its step is 0");
        }

        List<object?> values = [];
        for (long value = start; step > 0 ? value < stop : value > stop; value += step)
        {
            call.Spend(1);
            values.Add(values.Count < LongestRange ? value : throw call.Error($"it has more than {LongestRange} numbers"));
        }

        return values;
    }
}
