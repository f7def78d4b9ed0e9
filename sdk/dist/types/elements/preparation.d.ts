/**
 * One set of options, fetched ahead and shared by everybody who asks while it is fresh. A request
 * under way is shared, too; one that failed is forgotten, so that the next call tries again.
 */
export declare class Preparation<T> {
    #private;
    constructor(isFresh: (value: T) => boolean);
    get(fetch: () => Promise<T>): Promise<T>;
    drop(): void;
}
