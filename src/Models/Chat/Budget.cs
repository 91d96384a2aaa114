namespace Reflux.Models.Chat;

/// <summary>
/// What one rendering may cost: a step for each expression and statement, and one for each character and list element that it makes. A template
/// comes with a model, from anyone; this is what keeps one from running or growing for ever.
/// </summary>
/// <param name="conversationLength">The characters of the conversation, each of which may cost a number of steps.</param>
internal sealed class Budget(long conversationLength)
{
    private const long FixedSteps = 4_000_000;
    private const long StepsPerCharacter = 64;
    private const long LongSearch = 1024;
    private const int MaximumDepth = 500;

    private readonly long _steps = FixedSteps + (StepsPerCharacter * conversationLength);
    private long _spent;
    private int _depth;

    public void Spend(long steps, int line)
    {
        _spent += steps;
        if (_spent > _steps)
        {
            throw new TemplateException($"it takes more than {_steps} steps", line);
        }
    }

    /// <summary>Pays for looking for a text in another one; what is looked for counts where it is long.</summary>
    public void SpendOnSearch(TemplateText text, string searched, int line) => Spend(text.Value.Length * (1 + (searched.Length / LongSearch)), line);

    /// <summary>One level deeper, for nested expressions and macros that call themselves.</summary>
    public void Enter(int line)
    {
        if (++_depth > MaximumDepth)
        {
            throw new TemplateException($"it is nested more than {MaximumDepth} levels deep", line);
        }
    }

    public void Leave() => _depth--;
}
