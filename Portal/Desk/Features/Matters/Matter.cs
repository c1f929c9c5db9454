using System.Text.Json;

namespace Yinxin.Desk.Features.Matters;

/// <summary>The parts of an implementation that the program acts on; the rest is shown as it is.</summary>
internal sealed record Matter
{
    public string Name { get; init; } = "";

    public string NameEn { get; init; } = "";

    public string ImplementationCode { get; init; } = "";

    /// <summary>GB/T 39046 A.1.</summary>
    public CodedName? MatterType { get; init; }

    public Body ImplementingBody { get; init; } = new("", "");

    public IReadOnlyList<HandlingItem> HandlingItems { get; init; } = [];

    public IReadOnlyList<string> ServiceObjects { get; init; } = [];

    public Limit? StatutoryLimit { get; init; }

    public Limit? PromisedLimit { get; init; }

    public IReadOnlyDictionary<string, string> RequiredAssurance { get; init; } = new Dictionary<string, string>();

    /// <summary>From which amount on <c>requiredAssurance.confirm</c> counts; null: always.</summary>
    public AmountRule? ConfirmRule { get; init; }

    public bool IsOnline { get; init; }

    public IReadOnlyList<FormField> Form { get; init; } = [];

    public IReadOnlyList<RequiredMaterial> Materials { get; init; } = [];

    public IReadOnlyList<Fee> Fees { get; init; } = [];

    public MatterResult? Result { get; init; }

    public Validity? LicenceValidity { get; init; }

    public static Matter Parse(string json) => JsonSerializer.Deserialize<Matter>(json, JsonSerializerOptions.Web)!;

    /// <summary>Fee in fen; only matters whose fees are fixed amounts can be billed.</summary>
    public long FeeFen => Fees.Sum(f => f.AmountFen ?? 0);

    internal sealed record CodedName(string Code, string Name);

    internal sealed record Body(string Uscc, string Name);

    internal sealed record HandlingItem(string Code, string Name);

    internal sealed record Limit(int Value, string Unit);

    internal sealed record FormField(string Key, string LabelZh, string LabelEn, bool Required, int MaxLength, string? HintZh, string? HintEn, int? Rows, string? Type);

    /// <param name="AdvancedFromAmount">In yuan.</param>
    /// <param name="Below">The level of confirming for less than that; null: what applying needs.</param>
    internal sealed record AmountRule(string? AdvancedFromAmount, string? Below = null);

    /// <param name="WaivedByPlatform">免交: the body asks the source itself, the applicant need not hand it in.</param>
    internal sealed record RequiredMaterial(int Order, string? Key, string Name, string? NameEn, string? Necessity, bool WaivedByPlatform = false)
    {
        public string Id => Key ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"material-{Order}");

        public bool Required => Necessity == "Required" && !WaivedByPlatform;
    }

    internal sealed record Fee(string? Code, string Name, string? NameEn, long? AmountFen, string? Unit);

    internal sealed record MatterResult(string? Type, string? Name, string? LicenseType);

    internal sealed record Validity(int Years);
}
