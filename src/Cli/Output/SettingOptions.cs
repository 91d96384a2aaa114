using System.CommandLine;
using System.Globalization;

namespace Reflux.Cli.Output;

/// <summary>Flags of a verb as the settings that they stand for.</summary>
internal sealed class SettingOptions
{
    private readonly List<string> _arguments = [];

    public static Option<string[]> Set()
    {
        var option = new Option<string[]>("--set") { Description = "Any other setting, as Section:Key=value; may be repeated.", HelpName = "SETTING", DefaultValueFactory = _ => [] };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"--set: '{token.Value}' is not Section:Key=value");
            }
        });
        return option;
    }

    /// <summary>Adds a setting where the flag was given.</summary>
    public SettingOptions Add(string key, object? value)
    {
        if (value is not null)
        {
            _arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--{key}={value}"));
        }

        return this;
    }

    public SettingOptions AddAll(IEnumerable<string> settings)
    {
        _arguments.AddRange(settings.Select(setting => $"--{setting}"));
        return this;
    }

    public string[] ToArguments() => [.. _arguments];
}
