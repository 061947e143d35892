"""The words of maths problems: which say the same, which say nothing, which exclude each other.

Data, no code. Words are lower-case; the reader folds plurals and verb endings before it looks here.
"""

NUMBERS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty
"""
TENS = "thirty forty fifty sixty seventy eighty ninety"  # from 30 on

# Words that carry no content of their own, among them the ways to ask.
EMPTY = """
    a an the this that these those there here of in on at to for from with by as into onto upon per
    like known everyone
    and or but so then thus hence also too both either if when while where whose which who whom it
    its they them their theirs he him his she her hers we us our you your i my me is are was were be
    been being am do does did done has have had having will would shall should can could may might
    must let suppose assume given consider note know such say call denote define
    find determine compute calculate evaluate solve what how many much value answer question problem
    express give get obtain work out figure tell state ask please
    now just only very well same some any all each every own other another one ones
    because since after before during until once still yet again than
    dollar usd buck o re ll ve d m t s
    exactly possible following respectively below about up off over between
"""

# Verbs of a sentence that asks without a question mark.
ASKING = "find determine compute calculate evaluate solve express simplify prove show what how"

# Each line is one meaning; the first word names it.
SAME = """
    child kid youngster
    friend buddy pal
    buy purchase bought
    sell sold
    begin start commence began
    end finish conclude
    get receive obtain got
    give gave hand
    make made produce create
    eat ate consume eaten
    total altogether overall combine sum add
    amount quantity
    price cost
    pay paid spend spent
    big large huge
    small little tiny
    fast quick rapid
    speed rate velocity
    job task
    shop store market
    car automobile vehicle
    bike bicycle
    house home
    box carton crate
    bag sack
    container vessel tub
    picture image photo photograph
    road street
    trip journey
    walk stroll
    run ran jog
    drive drove driven
    travel cover go went
    remain leave left leftover
    nearest closest
    currently presently
    need require
    want wish
    use utilize utilise used
    show demonstrate
    pick choose select chose chosen picked
    draw drew drawn
    distinct different
    greatest largest biggest maximum maximal max highest
    smallest least minimum minimal min lowest
    divisor factor
    term entry entries
    precisely exactly
    steady constant
    ones unit
    satisfy satisfying hold fulfill fulfil
    contain include
    consist comprise
    intersect meet cross
    equal equivalent same
    solution root
    simplify reduce
    form build construct built
    side edge
    corner vertex vertices
    way manner
    people person individual
    student pupil
    teacher instructor
    mother mom mum
    father dad
    woman lady
    man men guy
    save saved
    earn earned earning
    money cash
    salary wage
    garden yard
    plant planted grow grew
    collect gather
    share split divide
    group team
    class classroom
    meal lunch
    cookie biscuit
    candy sweet
    movie film
    year annual
    probability chance likelihood
    arrange order
    perimeter
    length long
    width wide
    height tall high
    depth deep
    weigh weight
    old age
    user human
    assistant
    system
    instruction
    response
    average mean
    lose lost
    throw threw thrown toss
    bring brought
    take took taken
    write wrote written
    teach taught
    catch caught
    sit sat
    stand stood
    think thought
    own possess
    rectangle rectangular
    circle circular
    triangle triangular
    cube cubic
    cylinder cylindrical
    hour hr
    minute
    second sec
    pound lb
    kilogram kg
    kilometer km kilometre
    centimeter cm centimetre
    meter metre
    foot feet ft
    inch inches
    mile mi
    square sq
    ounce oz
    gallon gal
    liter litre
    milliliter ml millilitre
    millimeter mm millimetre
    tablespoon tbsp
    teaspoon tsp
"""

# A changed meaning: in each line the words of one side, then of the others.
EXCLUSIVE = """
    more greater larger bigger higher exceed above taller longer older heavier faster
        | less fewer smaller lower shorter younger lighter slower
    greatest largest maximum max biggest highest maximize maximal tallest longest oldest heaviest
        | least smallest minimum min lowest minimize minimal shortest youngest lightest
    most | least fewest
    increase rise gain grow | decrease fall lose drop shrink reduce
    odd | even
    positive | negative | nonnegative | nonzero
    area | perimeter | volume | circumference | diagonal
    radius | diameter
    sum | product | quotient | difference | ratio
    median | mode | range | variance
    prime | composite
    before | after
    inside | outside
    inscribe inscribed | circumscribe circumscribed
    left | right
    clockwise | counterclockwise
    day | week | month | year | hour | minute | second | decade
    gram | kilogram | ounce | pound | ton
    meter | centimeter | kilometer | inch | foot | mile | yard | millimeter
    monday | tuesday | wednesday | thursday | friday | saturday | sunday
    boy | girl
    man | woman
    numerator | denominator
    real | integer | rational | natural | prime
    cup | pint | quart | gallon | liter | milliliter | tablespoon | teaspoon
    discount | surcharge
    hypotenuse | leg
    square | cube
    row | column
    union | intersection
    divisor | multiple
    permutation | combination
    profit | loss
    buy | sell
    give | receive
    win | lose
    add | subtract | multiply | divide
    permit allow | forbid
    acute | obtuse | right
    ascend increasing | descend decreasing
    units | tens | hundreds
    rectangle | square | circle | triangle | hexagon | pentagon | octagon
    sphere | cylinder | cone | cube | pyramid
    sine sin | cosine cos | tangent tan
    distinguishable | indistinguishable
    median | altitude | bisector
    distinct | identical
    arithmetic | geometric
    horizontal | vertical
    domain | range
    north | south | east | west
    midpoint | endpoint
    vertex | focus | directrix
    simple | compound compounded
    slope | intercept
    first | second | last
    consecutive | alternate
    isosceles | equilateral | scalene
    red | blue | green | yellow | white | black | orange | purple | pink | brown
"""

# What turns a statement round. They count: one more or one less is another problem.
NEGATIONS = """
    not no never none without neither nor cannot except unless
    don't doesn't didn't isn't aren't wasn't weren't won't can't couldn't wouldn't hasn't haven't
    hadn't
"""

# Quantities in words. They count too.
QUANTITIES = """
    half halve halves halved | third thirds | quarter quarters fourth fourths | fifth fifths
    | sixth sixths | seventh sevenths | eighth eighths | ninth ninths | tenth tenths
    | hundred hundreds | thousand thousands | million millions | billion billions
"""

# Words that are a numeral.
MULTIPLES = """
    twice 2 double 2 doubled 2 doubles 2 triple 3 tripled 3 triples 3 thrice 3 quadruple 4 dozen 12
"""

# Small words that carry the relation; where all else is the same, they make the difference.
PIVOTS = """
    each every | total altogether all | both | only | another | other others | same | than
    | left leftover remaining remain remains | before | after | during | until | either
    | exactly | least | most | between | cent cents
"""

# What travels with a problem and is none of it. # stands for a number.
BEFORE = """
    user | system you are a helpful assistant user | you are a helpful assistant
    you are a math expert | system you are a helpful assistant | hi | hello
    solve the following math problem | solve the following math problem step by step
    solve the following problem | solve the following problem step by step
    solve the following problem step by step problem # | solve the following problem problem #
    solve the following math problem step by step problem #
    solve this math problem | solve this problem | solve this problem step by step
    answer the following question | here is a math problem | here is the problem
    solve the following math problem efficiently and clearly
    solve the following math problem carefully
    below is a math problem | consider the following problem
    can you help me with this one | can you help me
    below is an instruction that describes a task
    write a response that appropriately completes the request instruction
    write a response that appropriately completes the request
"""
AFTER = """
    assistant | let's think step by step | think step by step | let us think step by step
    thanks | thank you | think carefully before you answer | think carefully
    show your work | show all your work | explain your answer | explain your reasoning
"""
# Before a colon or a line of its own, with or without a number; and at the end before a colon.
OPENERS = "question problem exercise example task user human instruction input prompt q"
CLOSERS = "answer solution response assistant a"
POINTS = "points point pts pt marks mark"
ANYWHERE = """
    put your final answer within | put your final answer in | put the final answer within
    and put your final answer within | and put your final answer in
    please reason step by step | reason step by step | please solve this step by step
    please think step by step | let's think step by step
    your final answer should be | write your final answer in | present the final answer in
    give your final answer in | make sure to put your answer and only answer inside
    remember to put your answer on its own line after answer
    the last line of your response should be of the form answer
"""
CONTESTS = "amc aime aops hmmt imo usamo mathcounts putnam smt cmimc bmt arml"
