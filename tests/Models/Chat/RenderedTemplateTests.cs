using System.Text.Json;
using Reflux.Models.Chat;
using Reflux.Tests.Support;

namespace Reflux.Models.Tests.Chat;

/// <summary>Every template and conversation of <c>tests/reference/chat</c> against what Jinja2 made of them.</summary>
public class RenderedTemplateTests
{
    private static readonly Rendered[] All = Read<Rendered[]>("tests", "Models", "Chat", "rendered.json");
    private static readonly ChatMessage[][] Conversations = Read<ChatMessage[][]>("tests", "reference", "chat", "conversations.json");

    public static TheoryData<string> Templates { get; } = [.. All.Select(rendered => rendered.Template)];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Renders_as_jinja_does(string template)
    {
        Rendered rendered = All.Single(rendered => rendered.Template == template);
        ChatTemplate ours = new(rendered.Jinja);

        Assert.Equal(2 * Conversations.Length, rendered.Texts.Length);
        for (int i = 0; i < rendered.Texts.Length; i++)
        {
            Assert.Equal(rendered.Texts[i], Render(ours, Conversations[i / 2], prompt: i % 2 == 1));
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void The_fixture_is_of_the_template_as_it_is_now(string template) => Assert.Equal(
        File.ReadAllText(RepositoryRoot.File("tests", "reference", "chat", template)), All.Single(rendered => rendered.Template == template).Jinja);

    [Fact]
    public void Some_conversations_are_refused_and_most_are_not() => Assert.Equal((4, 94), (
        All.Sum(rendered => rendered.Texts.Count(text => text is null)), All.Sum(rendered => rendered.Texts.Count(text => text is not null))));

    // null where the template refuses the conversation
    private static string? Render(ChatTemplate template, ChatMessage[] conversation, bool prompt)
    {
        try
        {
            return template.Render(
                conversation,
                prompt,
                [new("bos_token", TemplateText.Trusted("<s>")), new("eos_token", TemplateText.Trusted("</s>")), new("enable_thinking", false)]).Value;
        }
        catch (TemplateException error) when (error.Message.Contains("refuses", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static T Read<T>(params string[] path) => JsonSerializer.Deserialize<T>(File.ReadAllText(RepositoryRoot.File(path)), JsonSerializerOptions.Web)!;

    private sealed record Rendered(string Template, string Jinja, string?[] Texts);
}
