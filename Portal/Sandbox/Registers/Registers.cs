using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Sandbox.Registers;

/// <summary>A synthetic person. 样例数据.</summary>
internal sealed record RegisteredPerson(string IdNumber, string Name, string Sex, string Ethnicity, string Phone, string BankCard, string HousingFund)
{
    public const string Living = "living";
    public const string Deceased = "deceased";

    public string Status { get; init; } = Living;
}

/// <summary>A synthetic organisation. 样例数据.</summary>
internal sealed record RegisteredOrganisation(string Uscc, string Name, string Status, RegisteredPerson LegalRepresentative)
{
    public const char Market = '9';
    public const string Active = "active";
    public const string Dissolved = "dissolved";

    /// <summary>GB 32100, first character: <c>1</c> staffing, <c>5</c> civil affairs, <c>9</c> market registration.</summary>
    public char Register => Uscc[0];

    /// <summary>GB 11714, characters 9 to 17 of the credit code.</summary>
    public string OrganisationCode => Uscc[8..17];

    /// <summary>Fifteen digits, as licences before 2015 bore them.</summary>
    public string RegistrationNumber => Uscc[2..8] + "000" + string.Concat(Uscc.Where(char.IsAsciiDigit)).PadLeft(6, '0')[^6..];

    /// <summary>User of the tax filing service.</summary>
    public string TaxAccount => "T" + OrganisationCode;
}

/// <summary>Two thousand persons and three hundred organisations that follow from the seed; none is real.</summary>
internal sealed class Registers
{
    public const int PersonCount = 2000;
    public const int OrganisationCount = 300;
    public const int InstitutionCount = 60;

    // The 16 cities of Anhui (GB/T 2260), with a county part of 90 that no real county has.
    private static readonly string[] Divisions =
        ["3401", "3402", "3403", "3404", "3405", "3406", "3407", "3408", "3410", "3411", "3412", "3413", "3415", "3416", "3417", "3418"];

    private static readonly string[] CityNames = ["合肥", "芜湖", "蚌埠", "淮南", "马鞍山", "淮北", "铜陵", "安庆", "黄山", "滁州", "阜阳", "宿州", "六安", "亳州", "池州", "宣城"];
    private static readonly string[] Surnames = "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 袁 潘 于 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏 韦 付 方 白 邹 孟 熊 秦 邱 江 尹 薛 闫 段 雷 侯 龙 史 陶 黎 贺 顾 毛 郝 龚 邵 万 钱 严 覃 武 戴 莫 孔 向 汤 欧阳 上官 诸葛".Split(' ');
    private static readonly string[] GivenNames = "样安 样宁 样清 样和 样文 样思 样远 样明 样欣 样怡 样晨 样睿 样言 样诺 样然 样䶮 样㛃 样𫖯 样𠮷 样𬀪".Split(' ');
    private static readonly string[] Trades = ["书店", "文化传媒有限公司", "商贸有限公司", "食品有限公司", "科技有限公司", "图书发行有限公司"];
    private readonly FrozenDictionary<string, RegisteredPerson> byIdNumber;
    private readonly FrozenDictionary<string, RegisteredOrganisation> byUscc;
    private readonly ConcurrentDictionary<string, RegisteredPerson> changedPersons = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RegisteredOrganisation> changedOrganisations = new(StringComparer.Ordinal);

    public Registers(IOptions<SandboxSettings> settings)
    {
        var random = new Random(settings.Value.Seed);
        Persons = MakePersons(random);
        byIdNumber = Persons.ToFrozenDictionary(p => p.IdNumber);
        Organisations = [.. Enumerable.Range(0, OrganisationCount).Select(i => MakeOrganisation(i, Persons[i * 3]))];
        Institutions = [.. Enumerable.Range(0, InstitutionCount).Select(i => MakeInstitution(i, Persons[(OrganisationCount * 3) + (i * 3)]))];
        byUscc = Organisations.Concat(Institutions).ToFrozenDictionary(o => o.Uscc);
    }

    public IReadOnlyList<RegisteredPerson> Persons { get; }

    public IReadOnlyList<RegisteredOrganisation> Organisations { get; }

    /// <summary>Public institutions and societies: kept by staffing and civil affairs, not by market registration.</summary>
    public IReadOnlyList<RegisteredOrganisation> Institutions { get; }

    public RegisteredPerson? Person(string? idNumber) => changedPersons.GetValueOrDefault(idNumber ?? "") ?? byIdNumber.GetValueOrDefault(idNumber ?? "");

    public RegisteredOrganisation? Organisation(string? uscc) => changedOrganisations.GetValueOrDefault(uscc ?? "") ?? byUscc.GetValueOrDefault(uscc ?? "");

    /// <summary>Enters a change; checks see it from now on.</summary>
    public void Change(RegisteredPerson person) => changedPersons[person.IdNumber] = person;

    /// <summary>Enters a change; checks see it from now on.</summary>
    public void Change(RegisteredOrganisation organisation) => changedOrganisations[organisation.Uscc] = organisation;

    private static List<RegisteredPerson> MakePersons(Random random)
    {
        var persons = new Dictionary<string, RegisteredPerson>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        while (persons.Count < PersonCount)
        {
            var i = persons.Count;
            var birth = new DateOnly(1955, 1, 1).AddDays(random.Next(0, 19000));
            var digits = $"{Divisions[i % Divisions.Length]}90{birth.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}{random.Next(1, 1000).ToString("000", CultureInfo.InvariantCulture)}";
            var idNumber = digits + IdentityNumber.CheckCharacter(digits);
            var name = FreeName(random.Next(Surnames.Length), random.Next(GivenNames.Length), taken);
            var ethnicity = random.Next(20) == 0 ? random.Next(2, 57).ToString("00", CultureInfo.InvariantCulture) : "01";
            persons.TryAdd(idNumber, new RegisteredPerson(
                idNumber, name, (idNumber[16] - '0') % 2 == 1 ? "1" : "2", ethnicity, $"1990000{i.ToString("0000", CultureInfo.InvariantCulture)}", BankCard(i),
                $"34{i.ToString("0000000000", CultureInfo.InvariantCulture)}"));
        }

        return [.. persons.Values];
    }

    // No two share a name: whoever looks for a name on a page, a reader or a test, must not find somebody else.
    private static string FreeName(int surname, int givenName, HashSet<string> taken)
    {
        for (var place = (surname * GivenNames.Length) + givenName; ; place++)
        {
            var name = Surnames[place / GivenNames.Length % Surnames.Length] + GivenNames[place % GivenNames.Length];
            if (taken.Add(name))
            {
                return name;
            }
        }
    }

    private static RegisteredOrganisation MakeOrganisation(int index, RegisteredPerson representative)
    {
        var body = $"MA{index.ToString("00000", CultureInfo.InvariantCulture)}Y";
        var first = $"91{Divisions[index % Divisions.Length]}90{body}{UnifiedSocialCreditCode.OrganisationCheckCharacter(body)}";
        return new RegisteredOrganisation(
            first + UnifiedSocialCreditCode.CheckCharacter(first), $"{CityNames[index % CityNames.Length]}样例{index + 1}号{Trades[index % Trades.Length]}", "active", representative);
    }

    private static RegisteredOrganisation MakeInstitution(int index, RegisteredPerson representative)
    {
        var body = $"MB{index.ToString("00000", CultureInfo.InvariantCulture)}Y";
        var (kind, name) = index % 2 == 0 ? ("12", "样例文化馆") : ("51", "样例读书协会");
        var first = $"{kind}{Divisions[index % Divisions.Length]}90{body}{UnifiedSocialCreditCode.OrganisationCheckCharacter(body)}";
        return new RegisteredOrganisation(first + UnifiedSocialCreditCode.CheckCharacter(first), $"{CityNames[index % CityNames.Length]}{name}{index + 1}", RegisteredOrganisation.Active, representative);
    }

    /// <summary>Nineteen digits under an issuer number that no bank has, with the check digit of ISO/IEC 7812.</summary>
    private static string BankCard(int index)
    {
        var digits = "6299990000" + index.ToString("00000000", CultureInfo.InvariantCulture);
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? (digit * 2 / 10) + (digit * 2 % 10) : digit;
        }

        return digits + ((10 - (sum % 10)) % 10).ToString(CultureInfo.InvariantCulture);
    }
}
