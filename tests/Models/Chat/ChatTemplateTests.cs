using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Reflux.Models.Chat;
using Reflux.Models.Tokenizers;

namespace Reflux.Models.Tests.Chat;

public class ChatTemplateTests
{
    [Theory]
    [InlineData("{% include 'x' %}", "include")]
    [InlineData("{% extends 'x' %}", "extends")]
    [InlineData("{% raw %}{{ x }}{% endraw %}", "raw")]
    [InlineData("{{ x | pprint }}", "pprint")]
    [InlineData("{{ x is filter }}", "filter")]
    [InlineData("{{ f(*x) }}", "arguments")]
    [InlineData("{{ lipsum(3) }}", "lipsum")]
    [InlineData("{{ messages.append(1) }}", "append")]
    [InlineData("{{ ''.__class__() }}", "__class__")]
    [InlineData("{{ ''['format']('') }}", "a call")]
    [InlineData("{% for x in [] recursive %}{% endfor %}", "recursive")]
    [InlineData("{{ {1: 2} }}", "dictionary key")]
    [InlineData("{{ 'a' | replace('a', 'b', other=2) }}", "other")]
    public void Names_what_it_does_not_support(string jinja, string named)
    {
        TemplateException error = Assert.Throws<TemplateException>(() => Render(jinja));

        Assert.True(error.IsUnsupported, error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void Names_what_it_does_not_support_only_where_it_comes_to_it() =>
        Assert.Equal("hello", Render("{% if tools %}{{ tools | sort(attribute='name') | unique | pprint if tools is filter }}{% endif %}{{ messages[0].content }}").Value);

    [Theory]
    [InlineData("{% if %}{% endif %}")]
    [InlineData("{% if x %}")]
    [InlineData("{% endif %}")]
    [InlineData("{% break %}")]
    [InlineData("{{ x")]
    [InlineData("{{ 'x }}")]
    [InlineData("{# x")]
    [InlineData("{{ 1 + }}")]
    [InlineData("{{ x y }}")]
    [InlineData("{{ ( }}")]
    [InlineData("{{ $ }}")]
    [InlineData("{{ '\\u00' }}")]
    [InlineData("{{ 99999999999999999999 }}")]
    [InlineData("{{ 9223372036854775807 + 1 }}")]
    [InlineData("{{ 1 // 0 }}")]
    [InlineData("{{ 1.0 % 0 }}")]
    [InlineData("{{ 2 ** 63 }}")]
    [InlineData("{{ 1 + 'a' }}")]
    [InlineData("{{ missing + 'a' }}")]
    [InlineData("{{ missing.member }}")]
    [InlineData("{{ none.member }}")]
    [InlineData("{{ 1 < 'a' }}")]
    [InlineData("{% for x in 5 %}{% endfor %}")]
    [InlineData("{% set x.y = 1 %}")]
    [InlineData("{% set a, b = [1] %}")]
    [InlineData("{{ 'a'.split('') }}")]
    [InlineData("{{ [1][::0] }}")]
    [InlineData("{{ 'a'[:'b'] }}")]
    [InlineData("{{ 1e400 }}")]
    [InlineData("{{ (1.5 * 10 ** 18 * 10.0 ** 10) | int }}")]
    public void Errors_say_where(string jinja) => Assert.Equal(2, Assert.Throws<TemplateException>(() => Render("\n" + jinja)).Line);

    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{{ range(10000000000) }}")]
    [InlineData("{{ 'x' * 1000000000 }}")]
    [InlineData("{% set ns = namespace(x='x') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=['x']) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}")]
    [InlineData("{% set ns = namespace(x=['x']) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}")]
    [InlineData("{% set ns = namespace(x=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{% set a = ns.x %}{% set ns.x = ['x'] %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ a == ns.x }}")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson }}")]
    [InlineData("{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}")]
    [InlineData("{% macro f(x) %}{{ f(x) if x }}{{ f(x) if x }}{% endmacro %}{{ f(1) }}")]
    [InlineData("{% set x = 'x' * 99999 %}{% for i in range(99999) %}{{ x[i] }}{% endfor %}")]
    [InlineData("{% set x = 'x' * 99999 %}{% set y = 'x' * 99999 %}{% for i in range(99999) %}{{ '' if x == y }}{% endfor %}")]
    [InlineData("{% set x = 'x' * 99999 %}{% for i in range(99999) %}{{ '' if x.replace('x', 'xx') }}{% endfor %}")]
    [InlineData("{% set x = (messages[0].content ~ 'x') * 50000 %}{% for i in range(99999) %}{{ '' if x.split('x') }}{% endfor %}")]
    [InlineData("{% set x = (messages[0].content ~ 'x') * 50000 %}{% for i in range(99999) %}{% for letter in x %}{% endfor %}{% endfor %}")]
    [InlineData("{% set x = 'x' * 99999 %}{% set y = x ~ '' %}{% set m = {'x': 1} %}{% for i in range(99999) %}{{ m[x] }}{{ m.get(x) }}{{ x in m }}{{ x < y }}{{ x.startswith(y) }}{% endfor %}")]
    [InlineData("{% set x = 'x' * 99999 %}{% set y = 'y' * 99999 ~ 'x' %}{% for i in range(99999) %}{{ '' if x.strip(y) }}{{ '' if x | trim(y) }}{% endfor %}")]
    [InlineData("{% set a = 'x' * 99999 %}{% set b = a ~ a ~ a ~ a %}{% set y = a ~ 'y' ~ a %}{% for i in range(99999) %}{{ y in b }}{{ b.find(y) }}{{ b.split(y) }}{% endfor %}")]
    public void Nothing_runs_or_grows_for_ever(string jinja)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Assert.Throws<TemplateException>(() => Render(jinja));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), watch.Elapsed.ToString());
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("x if x else ", "")]
    [InlineData("x(", ")")]
    public void Deep_nesting_is_refused(string open, string close) =>
        Assert.Throws<TemplateException>(() => Render($"{{{{ {string.Concat(Enumerable.Repeat(open, 50_000))}1{string.Concat(Enumerable.Repeat(close, 50_000))} }}}}"));

    [Fact]
    public void Long_chains_are_refused_or_rendered() =>
        Assert.Throws<TemplateException>(() => Render($"{{{{ 1{string.Concat(Enumerable.Repeat(" + 1", 50_000))} }}}}"));

    [Fact]
    public void Deep_statements_are_refused() => Assert.Throws<TemplateException>(() => Render(string.Concat(Enumerable.Repeat("{% if true %}", 50_000))));

    [Theory]
    [InlineData("{{ '<a>' + messages[0].content + '<b>' }}", "<a>|(user)|<b>")]
    [InlineData("{{ messages[0].content | upper }}!", "(USER)|!")]
    [InlineData("{{ ('<' ~ messages[0].content)[:3] }}", "<|(us)")]
    [InlineData("{{ ('- ' + messages[0].content + ' -').split(' ') | join('+') }}", "-+|(user)|+-")]
    [InlineData("{{ 'a-b'.replace('-', messages[0].content) }}", "a|(user)|b")]
    [InlineData("{{ messages[0].content.replace('user', '<x>') }}", "<x>")]
    [InlineData("{{ [messages[0].content, 1] | tojson }}", "([\"user\", 1])")]
    [InlineData("{{ [messages[0].content] }}", "(['user'])")]
    [InlineData("{% set x %}<{{ messages[0].content }}>{% endset %}{{ x | trim }}", "<|(user)|>")]
    [InlineData("{{ messages[0].role }}", "(user)")]
    [InlineData("{{ messages[0] | items | first | last | title }}", "(User)")]
    [InlineData("{% for letter in messages[0].content %}{{ letter }}.{% endfor %}", "(u)|.|(s)|.|(e)|.|(r)|.")]
    [InlineData("{{ (messages[0].content * 2)[2:6][::-1] }}", "(sure)")]
    [InlineData("{{ messages[0].content | indent(2, true) }}", "  |(user)")]
    public void What_a_user_wrote_stays_known_as_such(string jinja, string expected)
    {
        TemplateText text = new ChatTemplate(jinja).Render([new ChatMessage("user", "user")], false, []);

        Assert.Equal(expected, string.Join('|', text.Segments.Select(segment => segment.Trusted ? segment.Text : $"({segment.Text})")));
    }

    [Fact]
    public void A_refusal_repeats_no_text_of_a_user()
    {
        TemplateException error = Assert.Throws<TemplateException>(() => new ChatTemplate("{{ raise_exception('role ' + messages[0].content + ' is unknown') }}").Render([new ChatMessage("user", "secret")], true, []));

        Assert.Contains("role … is unknown", error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Fact]
    public void Any_text_is_a_template_or_refused()
    {
        Gen<string> pieces = Gen.Elements(
            "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "if", "else", "endif", "for x in", "endfor", "set x =", "x", "messages", "'a'", "1", "(", ")", "[", "]", ".", "|",
            "is", "not", "==", "\n", " ", "{", "}", ":", ",", "macro f()", "endmacro", "trim", "defined", "\\", "'", "~", "in", "loop.index");
        Prop.ForAll(pieces.ListOf().Select(parts => string.Join(' ', parts)).ToArbitrary(), text =>
        {
            try
            {
                Render(text);
            }
            catch (TemplateException error)
            {
                return error.Line > 0;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000).WithEndSize(30));
    }

    private static TemplateText Render(string jinja) => new ChatTemplate(jinja).Render([new ChatMessage("user", "hello")], true, []);
}
