using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Reflux.Silo.Options;

internal sealed partial class SiloSettingsValidator : IValidateOptions<SiloSettings>
{
    public ValidateOptionsResult Validate(string? name, SiloSettings options)
    {
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Data))
        {
            failures.Add("Silo:Data is empty; name a directory.");
        }

        if (options.ParsedRoles == SiloRoles.None)
        {
            failures.Add($"Silo:Roles must be some of gateway, teacher, student, separated by commas; it is '{options.Roles}'.");
        }

        if (options.Name.Length > 0 && !NamePattern().IsMatch(options.Name))
        {
            failures.Add($"Silo:Name must have 1 to 64 letters, digits, dots, underscores and hyphens; it is '{options.Name}'.");
        }

        if (options.ShutdownSeconds is not (>= 1 and <= 3600))
        {
            failures.Add(FormattableString.Invariant($"Silo:ShutdownSeconds must be 1 to 3600; it is {options.ShutdownSeconds}."));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex NamePattern();
}
