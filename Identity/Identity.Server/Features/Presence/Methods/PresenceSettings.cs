using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Presence.Methods;

/// <summary>Section <c>Presence</c>.</summary>
internal sealed class PresenceSettings
{
    public const string Section = "Presence";

    /// <summary>What is offered, in this order: <c>face</c>, <c>voice</c>, <c>video</c>. Empty: the face alone, which is what every real-person service can do.</summary>
    [KnownMethods]
    public IList<string> Methods { get; set; } = [];

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class KnownMethodsAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) =>
            value is IList<string> methods && methods.All(m => PresenceMethodNames.All.Contains(m, StringComparer.Ordinal)) && methods.Distinct(StringComparer.Ordinal).Count() == methods.Count;

        public override string FormatErrorMessage(string name) => $"{name} may hold {string.Join(", ", PresenceMethodNames.All)}, each once.";
    }
}
